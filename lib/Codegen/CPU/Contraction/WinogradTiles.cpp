//===- WinogradTiles.cpp - 3x3 convolutions in tiles of 4x4 ---------------===//

#include "tenon/Codegen/CPU/Contraction/WinogradTiles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "tenon/Codegen/CPU/Contraction/KernelBuffers.h"
#include "tenon/Codegen/CPU/Contraction/RegisterTile.h"
#include "tenon/Codegen/CPU/Contraction/Scratch.h"
#include "tenon/Codegen/CPU/Contraction/Slab.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Dialect/Tenon/IR/Winograd.h"
#include "tenon/Target/MachineModel.h"

using namespace mlir;
using namespace tenon;

namespace {
/// Arguments of the products that are none of the kernel.
constexpr unsigned kElements = ~0u, kProducts = ~0u - 1;
constexpr int64_t kNumProducts = kWinogradTile * kWinogradTile;

/// A transform walks along all matrices at once: an odd number of cache lines
/// between them puts them into different sets of the cache.
int64_t getMatrixStride(int64_t size) {
  constexpr int64_t kLine = MachineModel::kCacheLineElements;
  return (llvm::divideCeil(size, kLine) | 1) * kLine;
}

class WinogradEmitter {
public:
  WinogradEmitter(const ContractionKernel &kernel, const TilePlan &plan,
                  func::FuncOp tiled)
      : kernel(kernel), plan(plan), tiled(tiled),
        builder(ImplicitLocOpBuilder::atBlockBegin(tiled.getLoc(),
                                                   &tiled.getBody().front())),
        math(builder, getDimSymbols(tiled)), n(kernel.rowLoops[0]),
        y(kernel.rowLoops[1]), x(kernel.rowLoops[2]),
        tileLoop(kernel.reductionLoops[1]), c(kernel.reductionLoops[2]),
        height(*kernel.getConstantExtent(y)),
        width(*kernel.getConstantExtent(x)),
        channels(*kernel.getConstantExtent(c)),
        tileRows(plan.blockSize / kWinogradResults),
        tileColumns(llvm::divideCeil(width, kWinogradResults)),
        numTiles(tileRows * tileColumns),
        elementsStride(getMatrixStride(numTiles * channels)),
        productsStride(getMatrixStride(numTiles * plan.panelWidth)) {}

  void emit();

private:
  AffineExpr number(int64_t value) {
    return getAffineConstantExpr(value, builder.getContext());
  }
  BoundOperand copyRows();
  void transformElements(const BoundOperand &slab);
  ContractionKernel getProductKernel();
  void emitProducts(RegisterTile &tile, OpFoldResult panel);
  void emitResults(TileEpilogue &epilogue, OpFoldResult panel);
  void emitTileResults(TileEpilogue &epilogue, OpFoldResult panel,
                       OpFoldResult tileRow, OpFoldResult tileColumn,
                       int64_t numColumns);
  void emitResultRow(TileEpilogue &epilogue, const TilePosition &position,
                     ArrayRef<Value> row, int64_t lane);

  Value loadVector(Value buffer, OpFoldResult base, int64_t displacement);
  /// The sum of `values`, each times its coefficient.
  Value combine(ArrayRef<double> coefficients, ArrayRef<Value> values);
  /// matrix * tile * matrix^T, for vectors as elements. They are loaded when
  /// they are needed, and each row is used up at once: registers are few.
  template <size_t rows>
  void transform(const WinogradMatrix<rows, kWinogradTile> &matrix,
                 llvm::function_ref<Value(int64_t row, int64_t column)> load,
                 llvm::function_ref<void(int64_t row, ArrayRef<Value>)> use);
  TilePosition startPosition() const {
    TilePosition position;
    position.itemStart.assign(kernel.extents.size(), builder.getIndexAttr(0));
    position.inner = position.itemStart;
    return position;
  }

  const ContractionKernel &kernel;
  const TilePlan &plan;
  func::FuncOp tiled;
  mutable ImplicitLocOpBuilder builder;
  IndexMath math;
  /// Loops; `tileLoop` walks the 36 matrices of weights.
  unsigned n, y, x, tileLoop, c;
  int64_t height, width, channels, tileRows, tileColumns, numTiles;
  /// From a matrix to the next one.
  int64_t elementsStride, productsStride;
  SmallVector<Value> buffers;
  OpFoldResult image, firstRow;
  /// [36, tiles, channels] and [36, tiles, panel].
  Value elements, products;
};
} // namespace

void WinogradEmitter::emit() {
  buffers = flattenBuffers(builder, tiled);
  int64_t numBlocks = llvm::divideCeil(
              llvm::divideCeil(height, kWinogradResults), tileRows),
          numPanels =
              *kernel.getConstantExtent(kernel.columnLoop) / plan.panelWidth,
          numGroups = numPanels / plan.panelsPerItem;
  SmallVector<OpFoldResult> sizes{math.evaluate(kernel.extents[n]),
                                  math.constant(numBlocks),
                                  math.constant(numGroups)};
  OpFoldResult count =
      math.evaluate(kernel.extents[n] * (numBlocks * numGroups));
  auto forall = scf::ForallOp::create(builder, ArrayRef(count), ValueRange(),
                                      std::nullopt);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(forall.getTerminator());
  SmallVector<OpFoldResult> ids =
      math.delinearize(OpFoldResult(forall.getInductionVars()[0]), sizes);
  image = ids[0];
  firstRow = math.mul(ids[1], math.constant(plan.blockSize));

  transformElements(copyRows());
  products =
      allocateScratch(builder, math, number(kNumProducts * productsStride),
                      builder.getF32Type());
  ContractionKernel productKernel = getProductKernel();
  auto getBuffer = [&](unsigned argument) {
    return argument == kElements   ? elements
           : argument == kProducts ? products
                                   : buffers[argument];
  };
  RegisterTile productTile({builder, math, productKernel, plan.panelWidth},
                           getBuffer);
  TileEpilogue epilogue({builder, math, kernel, plan.panelWidth}, getBuffer);
  OpFoldResult firstPanel = math.mul(ids[2], math.constant(plan.panelsPerItem));
  math.forEach(firstPanel,
               math.add(firstPanel, math.constant(plan.panelsPerItem)), 1,
               [&](OpFoldResult panel) {
                 emitProducts(productTile, panel);
                 emitResults(epilogue, panel);
               });
}

/// The elements that the item's tiles read; behind the image, tiles are filled
/// up with zeros.
BoundOperand WinogradEmitter::copyRows() {
  ItemRange range{startPosition().itemStart,
                  SmallVector<AffineExpr>(kernel.extents)};
  range.start[n] = image;
  range.start[y] = firstRow;
  range.length[n] = number(1);
  range.length[y] = number(plan.blockSize);
  range.length[x] = number(tileColumns * kWinogradResults);
  return emitSlab(builder, math, kernel, range,
                  buffers[kernel.padded->source.argument], plan.lanes);
}

Value WinogradEmitter::loadVector(Value buffer, OpFoldResult base,
                                  int64_t displacement) {
  return vector::LoadOp::create(
      builder, VectorType::get({plan.lanes}, builder.getF32Type()), buffer,
      math.value(math.add(base, math.constant(displacement))));
}

Value WinogradEmitter::combine(ArrayRef<double> coefficients,
                               ArrayRef<Value> values) {
  auto type = VectorType::get({plan.lanes}, builder.getF32Type());
  // the sum starts with a term that needs no multiplication
  const double *one = llvm::find(coefficients, 1.0);
  Value sum =
      one != coefficients.end() ? values[one - coefficients.begin()] : Value();
  for (auto [coefficient, value] : llvm::zip_equal(coefficients, values)) {
    if (coefficient == 0 || &coefficient == one)
      continue;
    if (coefficient == 1) {
      sum = arith::AddFOp::create(builder, sum, value);
      continue;
    }
    Value factor = arith::ConstantOp::create(
        builder, DenseElementsAttr::get(type, float(coefficient)));
    sum = sum ? vector::FMAOp::create(builder, factor, value, sum).getResult()
              : arith::MulFOp::create(builder, factor, value).getResult();
  }
  return sum;
}

template <size_t rows>
void WinogradEmitter::transform(
    const WinogradMatrix<rows, kWinogradTile> &matrix,
    llvm::function_ref<Value(int64_t row, int64_t column)> load,
    llvm::function_ref<void(int64_t row, ArrayRef<Value>)> use) {
  SmallVector<Value> half(rows * kWinogradTile);
  for (int64_t column = 0; column < kWinogradTile; ++column) {
    SmallVector<Value> line;
    for (int64_t i = 0; i < kWinogradTile; ++i)
      line.push_back(load(i, column));
    for (size_t row = 0; row < rows; ++row)
      half[row * kWinogradTile + column] = combine(matrix[row], line);
  }
  for (size_t row = 0; row < rows; ++row) {
    ArrayRef<Value> line =
        ArrayRef(half).slice(row * kWinogradTile, kWinogradTile);
    SmallVector<Value> results;
    for (const auto &coefficients : matrix)
      results.push_back(combine(coefficients, line));
    use(row, results);
  }
}

void WinogradEmitter::transformElements(const BoundOperand &slab) {
  elements =
      allocateScratch(builder, math, number(kNumProducts * elementsStride),
                      builder.getF32Type());
  int64_t rowStride =
              cast<AffineConstantExpr>(slab.layout.strides[y]).getValue(),
          columnStride =
              cast<AffineConstantExpr>(slab.layout.strides[x]).getValue();
  auto emitVector = [&](OpFoldResult tileRow, OpFoldResult tileColumn,
                        OpFoldResult channel) {
    OpFoldResult from = math.add(
        math.add(math.mul(tileRow, math.constant(kWinogradResults * rowStride)),
                 math.mul(tileColumn,
                          math.constant(kWinogradResults * columnStride))),
        channel);
    OpFoldResult tile =
        math.add(math.mul(tileRow, math.constant(tileColumns)), tileColumn);
    OpFoldResult to =
        math.add(math.mul(tile, math.constant(channels)), channel);
    transform(
        getWinogradTransform().input,
        [&](int64_t i, int64_t j) {
          return loadVector(slab.buffer, from,
                            i * rowStride + j * columnStride);
        },
        [&](int64_t row, ArrayRef<Value> values) {
          for (auto [column, value] : llvm::enumerate(values)) {
            int64_t matrix = row * kWinogradTile + int64_t(column);
            vector::StoreOp::create(
                builder, value, elements,
                math.value(
                    math.add(to, math.constant(matrix * elementsStride))));
          }
        });
  };
  OpFoldResult zero = math.constant(0);
  math.forEach(zero, math.constant(tileRows), 1, [&](OpFoldResult tileRow) {
    math.forEach(zero, math.constant(tileColumns), 1, [&](OpFoldResult column) {
      math.forEach(
          zero, math.constant(channels), plan.lanes,
          [&](OpFoldResult channel) { emitVector(tileRow, column, channel); });
    });
  });
}

/// [tiles, channels] * [channels, panel], for the 36 values of `tileLoop`.
ContractionKernel WinogradEmitter::getProductKernel() {
  ContractionKernel product = kernel;
  product.extents.assign(kernel.extents.size(), number(1));
  product.extents[x] = number(numTiles);
  product.extents[c] = number(channels);
  product.reductionLoops = {c};
  product.stages.clear();
  auto getOperand = [&](unsigned argument, int64_t rowLength, int64_t stride) {
    LoopOperand operand{
        argument, builder.getF32Type(), number(0),
        SmallVector<AffineExpr>(kernel.extents.size(), number(0))};
    operand.strides[x] = number(rowLength);
    operand.strides[tileLoop] = number(stride);
    return operand;
  };
  LoopOperand rows = getOperand(kElements, channels, elementsStride);
  rows.strides[c] = number(1);
  product.inputs[kernel.padded->input] = rows;
  // a panel that stays where it is
  LoopOperand sums = getOperand(kProducts, plan.panelWidth, productsStride);
  sums.strides[kernel.columnLoop] = number(1);
  sums.panels = Panels{plan.panelWidth, number(0)};
  product.stores = {{product.root->getResult(0), sums}};
  return product;
}

void WinogradEmitter::emitProducts(RegisterTile &tile, OpFoldResult panel) {
  SmallVector<TileColumn> columns;
  for (int64_t lane = 0; lane < plan.panelWidth; lane += plan.lanes)
    columns.push_back({0, lane, plan.lanes, plan.lanes});
  int64_t count = llvm::divideCeil(numTiles, plan.rows),
          high = llvm::divideCeil(numTiles, count),
          numHigh = numTiles - count * (high - 1);
  TilePosition position = startPosition();
  position.firstPanel = position.itemPanel = panel;
  position.rowLoops = ArrayRef(kernel.rowLoops).take_back();
  position.rowsOfPanel = math.constant(numTiles);
  OpFoldResult depth = math.constant(channels);
  DepthRange range{math.constant(0), depth, panel, depth};
  auto emitRows = [&](int64_t begin, int64_t end, int64_t size) {
    math.forEach(math.constant(begin), math.constant(end), size,
                 [&](OpFoldResult row) {
                   position.firstRow = position.rowOfPanel = row;
                   position.numRows = size;
                   tile.emit(position, range, columns);
                 });
  };
  math.forEach(math.constant(0), math.constant(kNumProducts), 1,
               [&](OpFoldResult index) {
                 position.itemStart[tileLoop] = index;
                 emitRows(0, numHigh * high, high);
                 emitRows(numHigh * high, numTiles, high - 1);
               });
}

void WinogradEmitter::emitResults(TileEpilogue &epilogue, OpFoldResult panel) {
  OpFoldResult zero = math.constant(0);
  int64_t full = width / kWinogradResults, rest = width % kWinogradResults;
  math.forEach(zero, math.constant(tileRows), 1, [&](OpFoldResult row) {
    math.forEach(zero, math.constant(full), 1, [&](OpFoldResult column) {
      emitTileResults(epilogue, panel, row, column, kWinogradResults);
    });
    if (rest > 0)
      emitTileResults(epilogue, panel, row, math.constant(full), rest);
  });
}

void WinogradEmitter::emitTileResults(TileEpilogue &epilogue,
                                      OpFoldResult panel, OpFoldResult tileRow,
                                      OpFoldResult tileColumn,
                                      int64_t numColumns) {
  TilePosition position = startPosition();
  position.itemStart[n] = image;
  position.itemStart[y] = firstRow;
  position.firstPanel = panel;
  position.itemPanel = math.constant(0);
  position.rowLoops = ArrayRef(kernel.rowLoops).take_back();
  position.firstRow = math.mul(tileColumn, math.constant(kWinogradResults));
  position.numRows = numColumns;
  OpFoldResult index =
      math.add(math.mul(tileRow, math.constant(tileColumns)), tileColumn);
  OpFoldResult from = math.mul(index, math.constant(plan.panelWidth));
  for (int64_t lane = 0; lane < plan.panelWidth; lane += plan.lanes) {
    transform(
        getWinogradTransform().output,
        [&](int64_t i, int64_t j) {
          return loadVector(products, from,
                            (i * kWinogradTile + j) * productsStride + lane);
        },
        [&](int64_t row, ArrayRef<Value> values) {
          position.inner[y] =
              math.add(math.mul(tileRow, math.constant(kWinogradResults)),
                       math.constant(row));
          emitResultRow(epilogue, position, values.take_front(numColumns),
                        lane);
        });
  }
}

/// A row of the tile, unless it lies behind the image.
void WinogradEmitter::emitResultRow(TileEpilogue &epilogue,
                                    const TilePosition &position,
                                    ArrayRef<Value> row, int64_t lane) {
  OpBuilder::InsertionGuard guard(builder);
  if (height % kWinogradResults != 0) {
    Value index = math.value(math.add(firstRow, position.inner[y]));
    Value isInside =
        arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, index,
                              math.value(math.constant(height)));
    auto ifOp = scf::IfOp::create(builder, isInside);
    builder.setInsertionPointToStart(ifOp.thenBlock());
  }
  epilogue.emit(position, row, {{0, lane, plan.lanes, plan.lanes}});
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

/// So many tiles share the transformed weights of a panel at least, if the
/// image has them: fewer would wait for the weights.
static constexpr int64_t kLeastTiles = 24;

/// So many items of an image are worth more than what panels share.
static constexpr int64_t kLeastItems = 4;

std::optional<TilePlan>
tenon::planWinogradTiles(const ContractionKernel &kernel,
                         const TargetInfo &target) {
  TilePlan plan;
  plan.lanes = target.getVectorLanes(32);
  plan.panelWidth = *kernel.getPackedWidth();
  int64_t channels = *kernel.getConstantExtent(kernel.reductionLoops[2]),
          columns = *kernel.getConstantExtent(kernel.columnLoop);
  if (channels % plan.lanes != 0 || plan.panelWidth % plan.lanes != 0 ||
      columns % plan.panelWidth != 0)
    return std::nullopt;
  plan.rows = getTileRows(plan.panelWidth / plan.lanes, target);
  int64_t tileRows = llvm::divideCeil(
              *kernel.getConstantExtent(kernel.rowLoops[1]), kWinogradResults),
          tileColumns = llvm::divideCeil(
              *kernel.getConstantExtent(kernel.rowLoops[2]), kWinogradResults),
          panels = columns / plan.panelWidth;
  int64_t rows = 1;
  while (rows < tileRows &&
         (rows * tileColumns < kLeastTiles || tileRows % rows != 0))
    ++rows;
  plan.blockLoop = 1;
  plan.flattenFrom = 2;
  plan.blockSize = rows * kWinogradResults;
  // Items transform their elements for themselves, a tenth of the time for one
  // panel; but an image has to be enough for several threads.
  int64_t blocks = tileRows / rows;
  while (panels % (2 * plan.panelsPerItem) == 0 &&
         blocks * panels / (2 * plan.panelsPerItem) >= kLeastItems)
    plan.panelsPerItem *= 2;
  return plan;
}

void tenon::emitWinogradKernel(const ContractionKernel &kernel,
                               const TilePlan &plan, func::FuncOp tiled) {
  WinogradEmitter(kernel, plan, tiled).emit();
}
