//===- LayoutRules.cpp - in which layouts ops can be computed -------------===//
//
// One model for each kind of op; the table at the end says which op has which.
//
//===----------------------------------------------------------------------===//

#include "tenon/Kernels/LayoutRules.h"
#include "DimGroups.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Target/MachineModel.h"

#include "tenon/Kernels/LayoutOpInterface.cpp.inc"

using namespace mlir;
using namespace tenon;

using Layouts = FailureOr<SmallVector<Layout>>;

static RankedTensorType getPortType(Operation *op, unsigned port) {
  unsigned numOperands = op->getNumOperands();
  Value value = port < numOperands ? op->getOperand(port)
                                   : op->getResult(port - numOperands);
  return cast<RankedTensorType>(value.getType());
}

static unsigned getNumPorts(Operation *op) {
  return op->getNumOperands() + op->getNumResults();
}

static Layouts forAllPorts(Operation *op, LayoutRef layout) {
  return SmallVector<Layout>(getNumPorts(op), Layout(layout));
}

static DimsAttr permute(DimsAttr dims, LayoutRef layout) {
  return DimsAttr::get(dims.getContext(),
                       permute<AffineExpr>(dims.getExprs(), layout));
}

static bool hasOneElement(RankedTensorType type) {
  return type.hasStaticShape() && type.getNumElements() == 1;
}

/// Operands broadcast to the result's rank. Those that are seen as they are
/// need not be viewed otherwise: of one element, or with all the dimensions
/// that they lack still in front.
static Layouts propagateThroughBroadcast(Operation *op, LayoutRef layout) {
  int64_t rank = getPortType(op, op->getNumOperands()).getRank();
  Layout full = extend(layout, rank);
  SmallVector<Layout> layouts;
  for (unsigned port = 0; port < getNumPorts(op); ++port) {
    RankedTensorType type = getPortType(op, port);
    int64_t added = rank - type.getRank();
    if (hasOneElement(type))
      layouts.emplace_back();
    else if (isModelLayout(LayoutRef(full).take_front(added)) &&
             (added == 0 || full[added - 1] == added - 1))
      layouts.push_back(restrict(full, type.getRank()));
    else
      layouts.push_back(full);
  }
  return layouts;
}

namespace {
template <typename Model, typename Op>
struct RuleFor : LayoutOpInterface::ExternalModel<RuleFor<Model, Op>, Op> {
  Layouts propagateLayout(Operation *op, unsigned port,
                          LayoutRef layout) const {
    return Model::propagate(cast<Op>(op), port, layout);
  }
  void setLayouts(Operation *op, ArrayRef<Layout> layouts) const {
    if constexpr (requires(Op o) { Model::adapt(o, layouts); })
      Model::adapt(cast<Op>(op), layouts);
  }
  bool hasIndependentLayouts(Operation *) const {
    return requires { Model::kPortsAreIndependent; };
  }
  std::optional<LayoutPreference> getLayoutPreference(Operation *op) const {
    if constexpr (requires(Op o) { Model::getPreference(o); })
      return Model::getPreference(cast<Op>(op));
    return std::nullopt;
  }
};

//===----------------------------------------------------------------------===//
// Any order will do
//===----------------------------------------------------------------------===//

struct Broadcasts {
  static Layouts propagate(Operation *op, unsigned, LayoutRef layout) {
    return propagateThroughBroadcast(op, layout);
  }
};

/// Ports of one rank, and an axis that moves with its dimension.
struct AlongAxis {
  static Layouts propagate(Operation *op, unsigned, LayoutRef layout) {
    return forAllPorts(op, layout);
  }
  static void adapt(auto op, ArrayRef<Layout> layouts) {
    op.setAxis(getPlace(layouts.front(), op.getAxis()));
  }
};

/// The same, where a row is computed while it is in cache: it stays one.
struct AlongRow : AlongAxis {
  static Layouts propagate(auto op, unsigned, LayoutRef layout) {
    int64_t last = layout.size() - 1, axis = op.getAxis();
    if (axis == last && layout.back() != last)
      return failure();
    return forAllPorts(op, layout);
  }
};

struct Pads {
  static Layouts propagate(PadOp pad, unsigned, LayoutRef layout) {
    SmallVector<Layout> layouts(getNumPorts(pad));
    layouts.front() = layouts.back() = Layout(layout);
    return layouts;
  }
  static void adapt(PadOp pad, ArrayRef<Layout> layouts) {
    pad.setLowAttr(permute(pad.getLow(), layouts.front()));
    pad.setHighAttr(permute(pad.getHigh(), layouts.front()));
  }
};

struct Slices {
  static Layouts propagate(Operation *op, unsigned, LayoutRef layout) {
    return forAllPorts(op, layout);
  }
  static void adapt(SliceOp slice, ArrayRef<Layout> layouts) {
    slice.setStartsAttr(permute(slice.getStarts(), layouts.front()));
    slice.setSteps(permute<int64_t>(slice.getSteps(), layouts.front()));
  }
};

struct Resizes {
  static Layouts propagate(Operation *op, unsigned, LayoutRef layout) {
    return forAllPorts(op, layout);
  }
  static void adapt(ResizeOp resize, ArrayRef<Layout> layouts) {
    LayoutRef layout = layouts.front();
    resize.setScales(permute<double>(resize.getScales(), layout));
    if (std::optional<ArrayRef<double>> roi = resize.getRoi()) {
      auto moved = permute<double>(roi->take_front(layout.size()), layout);
      llvm::append_range(
          moved, permute<double>(roi->drop_front(layout.size()), layout));
      resize.setRoi(moved);
    }
  }
};

//===----------------------------------------------------------------------===//
// Some dimensions stay where they are
//===----------------------------------------------------------------------===//

/// Only the dimensions before `first` move, of the operand and of the result.
Layouts keepFrom(int64_t first, Operation *op, LayoutRef layout) {
  for (int64_t dim = first, rank = layout.size(); dim < rank; ++dim)
    if (layout[dim] != dim)
      return failure();
  SmallVector<Layout> layouts(getNumPorts(op));
  layouts.front() = layouts.back() = Layout(layout);
  return layouts;
}

/// Norms over the dimensions from an axis on.
struct FromAxis {
  static Layouts propagate(auto op, unsigned, LayoutRef layout) {
    return keepFrom(op.getAxis(), op, layout);
  }
};

struct OnMatrices {
  static Layouts propagate(Operation *op, unsigned, LayoutRef layout) {
    return keepFrom(static_cast<int64_t>(layout.size()) - 2, op, layout);
  }
};

//===----------------------------------------------------------------------===//
// Dimensions come or go
//===----------------------------------------------------------------------===//

Layouts propagateThroughReduction(Operation *op, unsigned port,
                                  LayoutRef layout, ArrayRef<int64_t> axes,
                                  bool keepsDims) {
  if (keepsDims)
    return forAllPorts(op, layout);
  Layout operand, result;
  int64_t rank = getPortType(op, 0).getRank();
  SmallVector<int64_t> kept;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(axes, dim))
      kept.push_back(dim);
  if (port == 0) {
    operand = Layout(layout);
    for (int64_t dim : layout)
      if (llvm::is_contained(kept, dim))
        result.push_back(getPlace(kept, dim));
  } else {
    result = Layout(layout);
    operand = getModelLayout(rank);
    for (auto [place, dim] : llvm::zip_equal(kept, layout))
      operand[place] = kept[dim];
  }
  return SmallVector<Layout>{operand, result};
}

struct Reduces {
  static Layouts propagate(ReduceOp op, unsigned port, LayoutRef layout) {
    return propagateThroughReduction(op, port, layout, op.getAxes(),
                                     op.getKeepDims());
  }
  static void adapt(ReduceOp op, ArrayRef<Layout> layouts) {
    auto axes = llvm::map_to_vector(op.getAxes(), [&](int64_t axis) {
      return getPlace(layouts.front(), axis);
    });
    llvm::sort(axes);
    op.setAxes(axes);
  }
};

struct ArgReduces : AlongAxis {
  static Layouts propagate(auto op, unsigned port, LayoutRef layout) {
    return propagateThroughReduction(
        op, port, layout, static_cast<int64_t>(op.getAxis()), op.getKeepDims());
  }
};

/// The dimensions of the indices take the place of the axis, side by side.
struct Gathers : AlongAxis {
  static Layouts propagate(GatherOp op, unsigned port, LayoutRef layout) {
    int64_t axis = op.getAxis(), numIndexDims = getPortType(op, 1).getRank();
    if (port == 1)
      return failure();
    Layout operand, result;
    if (port == 0) {
      operand = Layout(layout);
      for (int64_t dim : layout)
        if (dim == axis)
          llvm::append_range(result, llvm::seq(axis, axis + numIndexDims));
        else
          result.push_back(dim < axis ? dim : dim - 1 + numIndexDims);
      return SmallVector<Layout>{operand, {}, result};
    }
    result = Layout(layout);
    for (auto [place, dim] : llvm::enumerate(layout)) {
      bool isIndex = dim >= axis && dim < axis + numIndexDims;
      bool isNext = place > 0 && layout[place - 1] + 1 == dim;
      if (isIndex && dim > axis && !isNext)
        return failure();
      if (dim == axis && isIndex)
        operand.push_back(axis);
      else if (!isIndex)
        operand.push_back(dim < axis ? dim : dim + 1 - numIndexDims);
    }
    if (numIndexDims == 0)
      operand.insert(operand.begin() + axis, axis);
    return SmallVector<Layout>{operand, {}, result};
  }
};

/// Dimensions that are split or joined move as one.
struct Reshapes {
  static Layouts propagate(ReshapeOp op, unsigned port, LayoutRef layout) {
    std::optional<SmallVector<DimGroup>> groups =
        groupDims(op.getOperand().getType(), op.getType());
    if (!groups)
      return failure();
    if (port == 1)
      for (DimGroup &group : *groups)
        std::swap(group.from, group.to);
    FailureOr<Layout> other = regroup(*groups, getPortType(op, port), layout);
    if (failed(other))
      return failure();
    SmallVector<Layout> layouts{Layout(layout), *other};
    if (port == 1)
      std::swap(layouts[0], layouts[1]);
    return layouts;
  }
};

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Ops over the images of a batch, with the channels before or behind.
Layouts propagateThroughWindow(auto op, LayoutRef layout) {
  unsigned numOperands = op->getNumOperands();
  int64_t rank = getPortType(op, numOperands).getRank();
  SmallVector<Layout> layouts(getNumPorts(op));
  if (isModelLayout(layout))
    return layouts;
  if (op.getChannelsLast() || layout != LayoutRef(getChannelsLast(rank)))
    return failure();
  layouts[0] = layouts[numOperands] = Layout(layout);
  return layouts;
}

/// Pooling runs along channels too, but is worth no transpose of its own.
struct Pools {
  static Layouts propagate(PoolOp op, unsigned, LayoutRef layout) {
    return propagateThroughWindow(op, layout);
  }
  static void adapt(PoolOp op, ArrayRef<Layout>) { op.setChannelsLast(true); }
};

struct Convs {
  static Layouts propagate(ConvOp op, unsigned port, LayoutRef layout) {
    int64_t rank = getPortType(op, 0).getRank();
    Layout channelsLast = getChannelsLast(rank),
           weights = getWeightLayout(rank);
    if (port == 1 && !isModelLayout(layout))
      layout = layout == LayoutRef(weights) ? LayoutRef(channelsLast)
                                            : LayoutRef(weights);
    Layouts layouts = propagateThroughWindow(op, layout);
    if (succeeded(layouts) && !isModelLayout(layout))
      (*layouts)[1] = weights;
    return layouts;
  }
  /// [O, C, window...] to [window..., C, O]
  static Layout getWeightLayout(int64_t rank) {
    Layout layout = llvm::to_vector(llvm::seq<int64_t>(2, rank));
    layout.append({1, 0});
    return layout;
  }
  static void adapt(ConvOp op, ArrayRef<Layout>) { op.setChannelsLast(true); }

  /// With the channels before the image, vectors of output channels are
  /// gathered: 0.04 to 3.2 ns a product were measured (bench/layout-costs), of
  /// which half a nanosecond is a cautious one.
  static std::optional<LayoutPreference> getPreference(ConvOp op) {
    if (op.getChannelsLast() || op.getSpatialRank() == 0)
      return std::nullopt;
    constexpr int64_t kBytesPerProduct = MachineModel::kBytesPerNanosecond / 2;
    auto weights = getPortType(op, 1);
    int64_t products = getAssumedProduct(getPortType(op, 2).getShape()) *
                       (getAssumedProduct(weights.getShape()) /
                        getAssumedSize(weights.getDimSize(0)));
    return LayoutPreference{0, getChannelsLast(getPortType(op, 0).getRank()),
                            products * kBytesPerProduct};
  }
};

//===----------------------------------------------------------------------===//
// Contractions: another layout is another indexing map
//===----------------------------------------------------------------------===//

struct Contracts {
  static constexpr bool kPortsAreIndependent = true;

  /// Vectors of columns have to be loaded from an operand, or gathered from
  /// rows: nothing but columns and terms of the sum may lie next to each other.
  /// Results are stored as vectors of columns; rows may take the columns' place
  /// where an operand has vectors of them.
  static Layouts propagate(ContractOp op, unsigned port, LayoutRef layout) {
    SmallVector<Layout> layouts(3);
    layouts[port] = restrict(layout, getPortType(op, port).getRank());
    if (isModelLayout(layouts[port]))
      return layouts;
    AffineExpr column = op.getMap(2).getResults().back(),
               innermost = op.getMap(port).getResult(layouts[port].back());
    if (port == 2)
      return innermost == column || canBeColumns(op, innermost)
                 ? Layouts(layouts)
                 : Layouts(failure());
    bool hasColumns = llvm::is_contained(op.getMap(port).getResults(), column);
    if (hasColumns && innermost != column &&
        llvm::is_contained(op.getMap(2).getResults(), innermost))
      return failure();
    return layouts;
  }

  /// Whether one operand has loop `rows` innermost, and fills vectors with it,
  /// and the other one lacks it.
  static bool canBeColumns(ContractOp op, AffineExpr rows) {
    constexpr int64_t kWidestVector = 16;
    for (unsigned i : {0, 1}) {
      ArrayRef<AffineExpr> own = op.getMap(i).getResults(),
                           other = op.getMap(1 - i).getResults();
      if (!own.empty() && own.back() == rows &&
          !llvm::is_contained(other, rows))
        return getPortType(op, i).getShape().back() >= kWidestVector;
    }
    return false;
  }

  static void adapt(ContractOp op, ArrayRef<Layout> layouts) {
    SmallVector<AffineMap> maps;
    for (auto [port, layout] : llvm::enumerate(layouts)) {
      AffineMap map = op.getMap(port);
      maps.push_back(AffineMap::get(
          map.getNumDims(), 0, permute<AffineExpr>(map.getResults(), layout),
          op.getContext()));
    }
    op.setIndexingMapsAttr(Builder(op).getAffineMapArrayAttr(maps));
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

template <typename Model, typename... Ops>
static void attach(MLIRContext *context) {
  (Ops::template attachInterface<RuleFor<Model, Ops>>(*context), ...);
}

void tenon::registerLayoutRules(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, TenonDialect *) {
    attach<Broadcasts, BroadcastOp>(context);
    attach<AlongAxis, ConcatOp, CumSumOp, GatherElementsOp, IotaOp,
           ScatterElementsOp, TopKOp>(context);
    attach<AlongRow, SoftmaxOp, LogSoftmaxOp>(context);
    attach<Pads, PadOp>(context);
    attach<Slices, SliceOp>(context);
    attach<Resizes, ResizeOp>(context);
    attach<FromAxis, LayerNormOp, RmsNormOp>(context);
    attach<OnMatrices, TriluOp>(context);
    attach<Reduces, ReduceOp>(context);
    attach<ArgReduces, ArgMaxOp, ArgMinOp>(context);
    attach<Gathers, GatherOp>(context);
    attach<Reshapes, ReshapeOp>(context);
    attach<Pools, PoolOp>(context);
    attach<Convs, ConvOp>(context);
    attach<Contracts, ContractOp>(context);
  });
}

bool tenon::hasLayouts(Operation *op) {
  return isa<LayoutOpInterface>(op) ||
         (isa<ElementwiseOpInterface>(op) && op->getNumResults() == 1);
}

FailureOr<SmallVector<Layout>>
tenon::propagateLayout(Operation *op, unsigned port, LayoutRef layout) {
  Layouts layouts = failure();
  if (auto rule = dyn_cast<LayoutOpInterface>(op))
    layouts = rule.propagateLayout(port, layout);
  else if (hasLayouts(op))
    layouts = propagateThroughBroadcast(op, layout);
  if (succeeded(layouts))
    for (auto [index, layout] : llvm::enumerate(*layouts))
      if (layout.empty())
        layout = getModelLayout(getPortType(op, index).getRank());
  return layouts;
}

Operation *tenon::cloneInLayouts(OpBuilder &builder, Operation *op,
                                 ValueRange operands,
                                 ArrayRef<Layout> layouts) {
  Operation *clone = builder.clone(*op);
  if (auto rule = dyn_cast<LayoutOpInterface>(clone))
    rule.setLayouts(layouts);
  clone->setOperands(operands);
  for (auto [result, layout] : llvm::zip_equal(
           clone->getResults(), layouts.drop_front(op->getNumOperands())))
    result.setType(
        getStoredType(cast<RankedTensorType>(result.getType()), layout));
  return clone;
}
