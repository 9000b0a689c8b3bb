//===- OutlineKernels.cpp - groups become kernels -------------------------===//

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

namespace tenon {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// The dimension symbols of a group in order of appearance.
static SmallVector<AffineExpr> collectSymbols(GroupOp group) {
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

/// func.func @kernel(inputs, index...) -> results, with the group's body.
static void buildKernel(OpBuilder &builder, GroupOp group, unsigned numDims,
                        DimsAttr names) {
  SmallVector<Type> arguments(group.getInputs().getTypes());
  arguments.append(numDims, builder.getIndexType());
  Location loc = group.getLoc();
  auto function = func::FuncOp::create(
      builder, loc, "kernel",
      builder.getFunctionType(arguments, group.getResultTypes()));
  function->setAttr("tenon.kernel", builder.getUnitAttr());
  if (numDims)
    function->setAttr("tenon.dims", names);
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
  for (Type type : llvm::concat<const Type>(group.getInputs().getTypes(),
                                            group.getResultTypes())) {
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
    if (!isa<ConstantOp, UnpackPanelsOp, WinogradRestoreOp>(op))
      if (last.empty() || !isa<ElementwiseOpInterface>(op))
        last = op.getName().stripDialect();
  return (last + "_" +
          llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true,
                          /*Width=*/16))
      .str();
}

namespace {
struct OutlineKernels : tenon::impl::OutlineKernelsPassBase<OutlineKernels> {
  using OutlineKernelsPassBase::OutlineKernelsPassBase;

  void runOnOperation() override {
    SymbolTable symbolTable(getOperation());
    SmallVector<GroupOp> groups;
    getOperation().walk([&](GroupOp group) { groups.push_back(group); });
    for (GroupOp group : groups)
      outline(group, symbolTable);
  }

  void outline(GroupOp group, SymbolTable &symbolTable) {
    MLIRContext *context = &getContext();
    SmallVector<AffineExpr> symbols = collectSymbols(group), names;
    for (size_t i = 0; i < symbols.size(); ++i)
      names.push_back(getDimSymbol(context, "k" + std::to_string(i)));

    OwningOpRef<ModuleOp> module = ModuleOp::create(group.getLoc());
    OpBuilder inside = OpBuilder::atBlockEnd(module->getBody());
    buildKernel(inside, group, symbols.size(), DimsAttr::get(context, symbols));
    renameSymbols(*module, symbols, names);

    std::string name = prefix + getKernelName(*module, group);
    if (!symbolTable.lookup(name)) {
      module->setName(name);
      symbolTable.insert(module.release());
      ++numKernels;
    }
    OpBuilder builder(group);
    auto launch = LaunchOp::create(
        builder, group.getLoc(), group.getResultTypes(), name,
        group.getInputs(), DimsAttr::get(context, symbols), getCost(group));
    group.replaceAllUsesWith(launch);
    group.erase();
  }
};
} // namespace
