//===- OutlineKernels.cpp - groups become kernels -------------------------===//

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

namespace tenon {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Where the inputs and results of a group lie.
static SmallVector<Place> getPlaces(GroupOp group) {
  SmallVector<Place> places = llvm::map_to_vector(group.getInputs(), getPlace);
  for (Value result : group.getResults())
    places.push_back(getPlace(result));
  return places;
}

/// The dimension symbols of a group in order of appearance.
static SmallVector<AffineExpr> collectSymbols(GroupOp group,
                                              ArrayRef<Place> places) {
  llvm::SetVector<AffineExpr> symbols;
  AttrTypeWalker walker;
  walker.addWalk([&](DimsAttr dims) {
    for (AffineSymbolExpr symbol : getDimSymbols(dims.getExprs()))
      symbols.insert(symbol);
  });
  group.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      walker.walk(type);
    for (Type type : op->getOperandTypes())
      walker.walk(type);
    walker.walk(op->getAttrDictionary());
  });
  for (const Place &place : places)
    for (AffineSymbolExpr symbol : getDimSymbols(place.strides))
      symbols.insert(symbol);
  return symbols.takeVector();
}

/// Replaces `symbols` by k0, k1, ... everywhere in `module`, so that equal
/// kernels have equal texts.
static void renameSymbols(ModuleOp module, ArrayRef<AffineExpr> symbols,
                          ArrayRef<AffineExpr> names) {
  DenseMap<AffineExpr, AffineExpr> renamed;
  for (auto [symbol, name] : llvm::zip_equal(symbols, names))
    renamed[symbol] = name;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](DimsAttr dims) {
    return DimsAttr::get(
        dims.getContext(),
        llvm::map_to_vector(dims.getExprs(), [&](AffineExpr expr) {
          return simplifyDim(expr.replace(renamed));
        }));
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
}

/// The bytes that the address of `place` is a multiple of, where they are fewer
/// than the widest access of any target.
static std::optional<int64_t> getAlignment(const Place &place, Type element) {
  constexpr int64_t kWidestAccess = 16;
  AffineExpr offset = simplifyDim(place.offset * getElementBytes(element));
  int64_t divisor = offset.getLargestKnownDivisor();
  int64_t alignment = divisor & -divisor;
  if (divisor == 0 || alignment >= kWidestAccess)
    return std::nullopt;
  return alignment;
}

/// Records how an argument or result lies, where that is not as buffers do.
static void describe(const Place &place, Type type,
                     llvm::function_ref<void(StringRef, Attribute)> set) {
  auto tensor = cast<RankedTensorType>(type);
  if (!place.isDense())
    set(kStridesAttr, DimsAttr::get(type.getContext(), place.strides));
  if (auto alignment = getAlignment(place, tensor.getElementType()))
    set(kAlignmentAttr,
        Builder(type.getContext()).getI64IntegerAttr(*alignment));
}

/// func.func @kernel(inputs, index...) -> results, with the group's body.
static void buildKernel(OpBuilder &builder, GroupOp group,
                        ArrayRef<Place> places, unsigned numDims,
                        DimsAttr names) {
  SmallVector<Type> arguments(group.getInputs().getTypes());
  arguments.append(numDims, builder.getIndexType());
  Location loc = group.getLoc();
  auto function = func::FuncOp::create(
      builder, loc, "kernel",
      builder.getFunctionType(arguments, group.getResultTypes()));
  function->setAttr(kKernelAttr, builder.getUnitAttr());
  if (numDims)
    function->setAttr(kSymbolsAttr, names);
  for (auto [index, input] : llvm::enumerate(group.getInputs()))
    describe(places[index], input.getType(), [&](StringRef name, Attribute a) {
      function.setArgAttr(index, name, a);
    });
  for (auto [index, type] : llvm::enumerate(group.getResultTypes()))
    describe(places[group.getInputs().size() + index], type,
             [&](StringRef name, Attribute a) {
               function.setResultAttr(index, name, a);
             });
  if (Attribute updated = group->getAttr(kUpdatesAttr))
    function.setResultAttr(0, kUpdatesAttr, updated);
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  IRMapping mapping;
  mapping.map(group.getBody().getArguments(),
              entry->getArguments().take_front(group.getInputs().size()));
  for (Operation &op : group.getBody().front().without_terminator())
    builder.clone(op, mapping);
  auto yield = cast<YieldOp>(group.getBody().front().getTerminator());
  SmallVector<Value> results =
      llvm::map_to_vector(yield.getOperands(), [&](Value value) {
        return mapping.lookupOrDefault(value);
      });
  func::ReturnOp::create(builder, loc, results);
}

/// FLOPs and bytes of one launch; null where data decides them. The runtime
/// takes a launch for small that has small numbers: none is better than one
/// that leaves out what is not known.
static DimsAttr getCost(GroupOp group) {
  AffineExpr flops = getFlops(group.getOperation());
  AffineExpr bytes = getAffineConstantExpr(0, group.getContext());
  SmallVector<Type> types(group.getInputs().getTypes());
  // of what is updated, no more than the other inputs are is read and written
  if (auto updated = group->getAttrOfType<IntegerAttr>(kUpdatesAttr))
    types[updated.getInt()] = types.back();
  else
    llvm::append_range(types, group.getResultTypes());
  for (Type type : types) {
    AffineExpr size = getByteSize(cast<RankedTensorType>(type));
    if (!size)
      return {};
    bytes = bytes + size;
  }
  if (!flops)
    return {};
  return DimsAttr::get(group.getContext(), {flops, simplifyDim(bytes)});
}

/// A name that says what the kernel does first, and is unique by content.
static std::string getKernelName(ModuleOp module, GroupOp group) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os, OpPrintingFlags().useLocalScope());
  StringRef last;
  for (Operation &op : group.getBody().front().without_terminator())
    if (!isa<ConstantOp>(op) && !op.hasTrait<Unpacks>())
      if (last.empty() || !isa<ElementwiseOpInterface>(op))
        last = op.getName().stripDialect();
  return (last + "_" +
          llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true,
                          /*Width=*/16))
      .str();
}

/// The kernel of a group in a module of its own. `symbols` are k0, k1, ... in
/// it.
static OwningOpRef<ModuleOp> buildModule(GroupOp group, ArrayRef<Place> places,
                                         ArrayRef<AffineExpr> symbols) {
  MLIRContext *context = group.getContext();
  SmallVector<AffineExpr> names;
  for (size_t i = 0; i < symbols.size(); ++i)
    names.push_back(getDimSymbol(context, "k" + std::to_string(i)));
  OwningOpRef<ModuleOp> module = ModuleOp::create(group.getLoc());
  OpBuilder inside = OpBuilder::atBlockEnd(module->getBody());
  buildKernel(inside, group, places, symbols.size(),
              DimsAttr::get(context, symbols));
  renameSymbols(*module, symbols, names);
  return module;
}

namespace {
/// The strides of a group's operands, from the last of each: as they are, and
/// as multiples of the one before (null where they are none).
struct StrideList {
  SmallVector<AffineExpr> strides, ratios;

  explicit StrideList(ArrayRef<Place> places) {
    for (const Place &place : places) {
      AffineExpr inner;
      for (AffineExpr stride : llvm::reverse(place.strides)) {
        strides.push_back(stride);
        ratios.push_back(inner ? divideExactly(stride, inner) : AffineExpr());
        inner = stride;
      }
    }
  }

  /// Leaves what both lists have.
  void intersect(const StrideList &other) {
    auto intersect = [](auto &list, const auto &others) {
      for (auto [expr, otherExpr] : llvm::zip_equal(list, others))
        if (expr != otherExpr)
          expr = {};
    };
    intersect(strides, other.strides);
    intersect(ratios, other.ratios);
  }
};

/// Strides are constants of a kernel unless groups that are equal otherwise
/// have others: then they become index arguments, or multiples of one.
class StrideParameters {
public:
  explicit StrideParameters(ArrayRef<GroupOp> groups) {
    for (GroupOp group : groups) {
      SmallVector<Place> places = getPlaces(group);
      StrideList list(places);
      if (list.strides.empty())
        continue;
      auto [entry, isNew] = shared.try_emplace(getKey(group, places), list);
      if (!isNew)
        entry->second.intersect(list);
    }
  }

  /// Replaces the strides that are index arguments of the group's kernel by new
  /// symbols; adds these to `symbols` and their values to `values`.
  void apply(GroupOp group, MutableArrayRef<Place> places,
             SmallVectorImpl<AffineExpr> &symbols,
             SmallVectorImpl<AffineExpr> &values) const {
    if (StrideList(places).strides.empty())
      return;
    const StrideList &list = shared.find(getKey(group, places))->second;
    unsigned next = 0;
    for (Place &place : places) {
      AffineExpr inner;
      for (AffineExpr &stride : llvm::reverse(place.strides)) {
        AffineExpr fixed = list.strides[next], ratio = list.ratios[next];
        ++next;
        if (!fixed && ratio) {
          stride = simplifyDim(inner * ratio);
        } else if (!fixed) {
          values.push_back(stride);
          stride = getFreshDimSymbol(group.getContext(), "stride");
          symbols.push_back(stride);
        }
        inner = stride;
      }
    }
  }

private:
  /// What the kernel is whatever the strides are.
  static std::string getKey(GroupOp group, ArrayRef<Place> places) {
    SmallVector<Place> dense(places);
    std::string text;
    llvm::raw_string_ostream os(text);
    for (Place &place : dense) {
      // vectors of neighbours are another kernel
      for (AffineExpr stride : place.strides)
        os << (getConstantDim(stride) == 1 ? "1 " : "? ");
      os << place.strides.size() << ' ';
      place.strides.clear();
    }
    OwningOpRef<ModuleOp> module =
        buildModule(group, dense, collectSymbols(group, dense));
    module->print(os, OpPrintingFlags().useLocalScope());
    return text;
  }

  llvm::StringMap<StrideList> shared;
};

struct OutlineKernels : tenon::impl::OutlineKernelsPassBase<OutlineKernels> {
  using OutlineKernelsPassBase::OutlineKernelsPassBase;

  void runOnOperation() override {
    SymbolTable symbolTable(getOperation());
    SmallVector<GroupOp> groups;
    getOperation().walk([&](GroupOp group) { groups.push_back(group); });
    StrideParameters parameters(groups);
    for (GroupOp group : groups)
      outline(group, parameters, symbolTable);
  }

  void outline(GroupOp group, StrideParameters &parameters,
               SymbolTable &symbolTable) {
    SmallVector<Place> places = getPlaces(group);
    SmallVector<AffineExpr> symbols, values, strideValues, strideSymbols;
    parameters.apply(group, places, strideSymbols, strideValues);
    symbols = collectSymbols(group, places);
    for (AffineExpr symbol : symbols) {
      auto *stride = llvm::find(strideSymbols, symbol);
      values.push_back(stride == strideSymbols.end()
                           ? symbol
                           : strideValues[stride - strideSymbols.begin()]);
    }
    OwningOpRef<ModuleOp> module = buildModule(group, places, symbols);
    std::string name = prefix + getKernelName(*module, group);
    if (!symbolTable.lookup(name)) {
      module->setName(name);
      symbolTable.insert(module.release());
      ++numKernels;
    }
    OpBuilder builder(group);
    auto launch =
        LaunchOp::create(builder, group.getLoc(), group.getResultTypes(), name,
                         group.getInputs(),
                         DimsAttr::get(&getContext(), values), getCost(group));
    if (Attribute updated = group->getAttr(kUpdatesAttr))
      launch->setAttr(kUpdatesAttr, updated);
    group.replaceAllUsesWith(launch);
    group.erase();
  }
};
} // namespace
