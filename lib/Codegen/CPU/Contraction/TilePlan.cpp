//===- TilePlan.cpp - how a contraction kernel is cut ---------------------===//

#include "tenon/Codegen/CPU/Contraction/TilePlan.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Target/MachineModel.h"
#include "tenon/Target/PanelWidth.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tenon;

namespace {
/// Rows that reuse a panel from L1 or L2 before the next one comes.
constexpr int64_t kRowsPerItem = 96;
/// Rows that a transposed copy of an operand serves.
constexpr int64_t kRowsPerTransposed = 256;
/// Bytes of input that columnwise kernels walk once for each panel.
constexpr int64_t kColumnwiseBytes = 96 << 10;
} // namespace

/// A plan's fields by name, in the order in which they are printed.
template <typename Plan, typename Visit>
static void visitFields(Plan &plan, Visit visit) {
  visit("lanes", plan.lanes);
  visit("rows", plan.rows);
  visit("panel_width", plan.panelWidth);
  visit("panels_per_tile", plan.panelsPerTile);
  visit("panels_per_item", plan.panelsPerItem);
  visit("block_loop", plan.blockLoop);
  visit("block_size", plan.blockSize);
  visit("flatten_from", plan.flattenFrom);
  visit("depth_blocks", plan.depthBlocks);
}

DictionaryAttr TilePlan::toAttribute(MLIRContext *context) const {
  Builder builder(context);
  NamedAttrList fields;
  visitFields(*this, [&](StringRef name, int64_t value) {
    fields.append(name, builder.getI64IntegerAttr(value));
  });
  return fields.getDictionary(context);
}

std::optional<TilePlan> TilePlan::fromAttribute(DictionaryAttr attribute) {
  TilePlan plan;
  bool isComplete = true;
  visitFields(plan, [&](StringRef name, int64_t &value) {
    if (auto field = attribute.getAs<IntegerAttr>(name))
      value = field.getInt();
    else
      isComplete = false;
  });
  return isComplete ? std::optional(plan) : std::nullopt;
}

static int64_t getExtent(const ContractionKernel &kernel, unsigned loop) {
  return std::max<int64_t>(
      kernel.getConstantExtent(loop).value_or(kAssumedDynamicSize), 1);
}

static int64_t getTotalExtent(const ContractionKernel &kernel,
                              ArrayRef<unsigned> loops) {
  return getAssumedProduct(llvm::map_to_vector(
      loops, [&](unsigned loop) { return getExtent(kernel, loop); }));
}

int64_t tenon::getTileRows(int64_t vectorsPerRow, const TargetInfo &target) {
  return std::clamp<int64_t>(target.numVectorRegisters * 3 / 4 / vectorsPerRow,
                             1, 12);
}

/// Few rows leave accumulators free: more panels side by side keep the FMA
/// units busy for the latency of one.
static int64_t getPanelsPerTile(const TilePlan &plan, int64_t rows,
                                int64_t panels) {
  int64_t vectors = plan.panelWidth / plan.lanes;
  int64_t budget = plan.rows * vectors;
  int64_t perTile = 1;
  while (perTile * 2 <= panels && rows * vectors * perTile * 2 <= budget &&
         perTile < 4)
    perTile *= 2;
  return perTile;
}

static int64_t getElementBytes(Type type) {
  return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

/// `wanted`, as far as the block loop has iterations.
static int64_t getBlockSize(const ContractionKernel &kernel,
                            const TilePlan &plan, int64_t wanted) {
  if (kernel.rowLoops.empty())
    return 1;
  int64_t extent = kernel.getConstantExtent(kernel.rowLoops[plan.blockLoop])
                       .value_or(wanted);
  return std::max<int64_t>(std::min(wanted, extent), 1);
}

/// The cache lines that a step of the reduction takes of an input that is read
/// where it lies, with those that nothing else can use: where steps are a
/// multiple of a power of two apart, their lines share few of the cache's sets.
/// (The gradient of 512 x 128 weights from 2048 rows took 3.3 times as long as
/// in parts that fit.)
static int64_t getCrowdedLines(const ContractionKernel &kernel,
                               const LoopOperand &input, int64_t lines) {
  auto stride =
      dyn_cast<AffineConstantExpr>(input.strides[kernel.reductionLoops.back()]);
  int64_t bytes =
      stride ? stride.getValue() * getElementBytes(input.elementType) : 0;
  if (bytes <= 0 || bytes % MachineModel::kCacheLineBytes != 0)
    return lines;
  int64_t apart = bytes / MachineModel::kCacheLineBytes;
  return std::max(lines, apart & -apart); // the power of two in it
}

/// What a step of the reduction takes of the cache: its row of a panel, and
/// lines of other inputs where these crowd.
static int64_t getDepthBytes(const ContractionKernel &kernel,
                             const TilePlan &plan) {
  constexpr int64_t kFewLines = 4;
  int64_t row = plan.panelWidth * 4, others = 0;
  int64_t linesOfRow = llvm::divideCeil(row, MachineModel::kCacheLineBytes);
  for (auto [i, input] : llvm::enumerate(kernel.inputs)) {
    if (!input || input->panels || llvm::is_contained(kernel.transposed, i))
      continue;
    if (!input->isInvariant(kernel.columnLoop))
      row = std::max(row, getCrowdedLines(kernel, *input, linesOfRow) *
                              MachineModel::kCacheLineBytes);
    else if (int64_t lines = getCrowdedLines(kernel, *input, 1);
             lines >= kFewLines)
      others += lines * MachineModel::kCacheLineBytes;
  }
  return row + others;
}

/// A part of a panel, and what is fetched of the next part meanwhile, stay in
/// the cache together. Where lines crowd, in L1 as well, parts are as small as
/// loading and storing the sums allows. Parts of an unknown number of terms are
/// unknown too.
static int64_t getDepthBlocks(const ContractionKernel &kernel,
                              const TilePlan &plan, int64_t cacheBytes) {
  constexpr int64_t kMinSteps = 64;
  int64_t steps = 1, outermost = 1;
  for (unsigned loop : kernel.reductionLoops) {
    std::optional<int64_t> extent = kernel.getConstantExtent(loop);
    if (!extent)
      return 1;
    steps *= *extent;
    if (outermost == 1)
      outermost = *extent;
  }
  int64_t bytes = getDepthBytes(kernel, plan);
  int64_t blocks = llvm::divideCeil(steps * bytes * 2, cacheBytes);
  if (blocks > 1 && bytes > plan.panelWidth * 4)
    blocks = std::max<int64_t>(steps / kMinSteps, 1);
  return std::clamp<int64_t>(blocks, 1, std::max<int64_t>(outermost, 1));
}

/// Splits the row loops: enough iterations of one of them for a work item.
static void planRows(const ContractionKernel &kernel, int64_t cacheBytes,
                     TilePlan &plan) {
  ArrayRef<unsigned> loops = kernel.rowLoops;
  if (loops.empty())
    return;
  int64_t reduction = getTotalExtent(kernel, kernel.reductionLoops);
  int64_t rows =
      std::clamp<int64_t>(cacheBytes / (reduction / plan.depthBlocks * 4),
                          plan.rows * 4, kRowsPerItem);
  plan.blockLoop = loops.size() - 1;
  int64_t inner = 1;
  while (plan.blockLoop > 0) {
    int64_t extent = getExtent(kernel, loops[plan.blockLoop]);
    if (inner * extent >= 2 * rows)
      break;
    inner *= extent;
    --plan.blockLoop;
  }
  // What is copied for a work item serves all its rows: the border of an
  // image, or a transposed operand.
  if (kernel.padded)
    rows *= 2;
  if (!kernel.transposed.empty())
    rows = kRowsPerTransposed;
  plan.blockSize = getBlockSize(kernel, plan, llvm::divideCeil(rows, inner));

  // A row of the image that divides into nearly full tiles keeps addresses
  // simple; a short one shares tiles with its neighbours.
  plan.flattenFrom = loops.size() - 1;
  int64_t last = getExtent(kernel, loops.back());
  int64_t tiles = llvm::divideCeil(last, plan.rows);
  if (last / tiles < plan.rows - 1)
    plan.flattenFrom = plan.blockLoop;
}

/// Nothing is broadcast: half of the registers accumulate, the others hold what
/// neighbouring windows share. What an item reads stays in L1 or L2 while each
/// panel walks over it.
static void planColumnwise(const ContractionKernel &kernel,
                           const TargetInfo &target, int64_t columns,
                           TilePlan &plan) {
  plan.panelWidth = plan.lanes;
  plan.rows = std::min<int64_t>(target.numVectorRegisters / 2, 12);
  planRows(kernel, MachineModel(target).getReusableBytes(), plan);
  int64_t panels = llvm::divideCeil(columns, plan.panelWidth);
  int64_t bytes = 0;
  if (!kernel.rowLoops.empty())
    for (const std::optional<LoopOperand> &input : kernel.inputs)
      if (input)
        bytes +=
            getAssumedValue(input->strides[kernel.rowLoops[plan.blockLoop]]) *
            getElementBytes(input->elementType);
  int64_t panelBytes = std::max<int64_t>(bytes / panels, 1);
  plan.panelsPerItem = panels;
  if (kernel.padded) // only the panels of the item are copied
    plan.panelsPerItem = std::clamp<int64_t>(
        MachineModel::kCacheLineBytes / (plan.lanes * 4), 1, panels);
  plan.blockSize = getBlockSize(
      kernel, plan, kColumnwiseBytes / (panelBytes * plan.panelsPerItem));
  int64_t totalRows = getTotalExtent(kernel, kernel.rowLoops);
  if (!kernel.padded && kernel.getConstantExtent(kernel.columnLoop))
    plan.panelsPerTile = getPanelsPerTile(plan, totalRows, panels);
  plan.panelsPerItem = std::clamp<int64_t>(
      kColumnwiseBytes / (panelBytes * plan.blockSize),
      kernel.padded ? plan.panelsPerItem : plan.panelsPerTile, panels);
  // even groups need no test for the last channel where they are copied
  if (kernel.padded)
    while (panels % plan.panelsPerItem != 0)
      --plan.panelsPerItem;
  plan.panelsPerItem = llvm::alignTo(plan.panelsPerItem, plan.panelsPerTile);
}

TilePlan tenon::planTiles(const ContractionKernel &kernel,
                          const TargetInfo &target) {
  unsigned bits =
      std::max(kernel.getAccumulatorType().getIntOrFloatBitWidth(), 32u);
  TilePlan plan;
  plan.lanes = target.getVectorLanes(bits);
  int64_t columns = getExtent(kernel, kernel.columnLoop);
  std::optional<int64_t> packedWidth = kernel.getPackedWidth();
  if (kernel.isColumnwise() && !packedWidth) {
    planColumnwise(kernel, target, columns, plan);
    return plan;
  }
  plan.panelWidth =
      packedWidth ? *packedWidth : getPanelWidth(columns, bits, target);
  plan.rows =
      getTileRows(llvm::divideCeil(plan.panelWidth, plan.lanes), target);
  int64_t totalRows = getTotalExtent(kernel, kernel.rowLoops);
  if (totalRows > 2 * plan.rows)
    plan.depthBlocks =
        getDepthBlocks(kernel, plan, MachineModel(target).getReusableBytes());
  planRows(kernel, MachineModel(target).getReusableBytes(), plan);

  int64_t panels = llvm::divideCeil(columns, plan.panelWidth);
  if (kernel.transposed.empty() && kernel.getConstantExtent(kernel.columnLoop))
    plan.panelsPerTile = getPanelsPerTile(plan, totalRows, panels);
  int64_t rowsPerItem = plan.blockSize;
  if (!kernel.rowLoops.empty())
    rowsPerItem *= getTotalExtent(
        kernel, ArrayRef(kernel.rowLoops).drop_front(plan.blockLoop + 1));
  int64_t reduction = getTotalExtent(kernel, kernel.reductionLoops);
  int64_t panelCost = std::max<int64_t>(
      std::min(rowsPerItem, totalRows) * plan.panelWidth * reduction, 1);
  plan.panelsPerItem = std::clamp<int64_t>(
      MachineModel::kMultiplyAddsPerItem / panelCost, 1, panels);
  plan.panelsPerItem = llvm::alignTo(plan.panelsPerItem, plan.panelsPerTile);
  return plan;
}
