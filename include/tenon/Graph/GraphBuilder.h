//===- GraphBuilder.h - networks in C++ -------------------------*- C++ -*-===//
//
//   mlir::MLIRContext context;
//   tenon::GraphBuilder g(context);
//   auto x = g.input("image", {"batch", 1, 28, 28});
//   auto y = g.relu(g.conv2d(x, {.outputs = 8, .window = 5, .padding = 2}));
//   g.output("scores", g.dense(g.flatten(y), 10));
//   auto module = g.finish();      // failure where a shape was wrong
//
// A training program has several functions over shared parameters, of which
// steps lower the loss that they output first:
//
//   g.beginStep("train", {.optimizer = "adam", .numbers = {{"lr", 1e-3}}});
//   auto x = g.input("image", {64, 1, 28, 28});
//   auto y = g.labels("target", {64});
//   g.output("loss", g.loss(Loss::CrossEntropy, g.dense(g.flatten(x), 10), y));
//   g.beginFunction("predict");
//   ...                            // layers of the same names share weights
//   auto program = g.finish();
//
// Wrong shapes are diagnostics of the context that name the layer; what depends
// on them is skipped. Weights are drawn when a layer is made, from the seed and
// the layer's name, so that they don't depend on what else the network has.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_GRAPH_GRAPHBUILDER_H
#define TENON_GRAPH_GRAPHBUILDER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OwningOpRef.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/Losses.h"
#include "tenon/Dialect/Tenon/IR/TryCreate.h"
#include "llvm/ADT/StringMap.h"
#include <variant>

namespace tenon {

/// A value of the graph under construction; null after an error.
class Tensor {
public:
  Tensor() = default;
  Tensor(mlir::Value value) : value(value) {}

  explicit operator bool() const { return bool(value); }
  operator mlir::Value() const { return value; }
  mlir::RankedTensorType getType() const {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  }
  int64_t getRank() const { return getType().getRank(); }
  /// The size of dimension `index`, which must be constant.
  int64_t getSize(unsigned index) const { return getType().getDimSize(index); }

private:
  mlir::Value value;
};

/// A size, or the name of a symbolic one.
using Size = std::variant<int64_t, llvm::StringRef>;

/// Square windows; `padding` on all sides.
struct ConvOptions {
  int64_t outputs;
  int64_t window;
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t groups = 1;
  bool hasBias = true;
};

struct PoolOptions {
  int64_t window;
  int64_t stride;
  int64_t padding = 0;
};

/// How a step trains (Optimizers.h).
struct StepOptions {
  std::string optimizer = "adam";
  /// The optimizer's numbers by name, as PyTorch calls them.
  std::vector<std::pair<std::string, double>> numbers = {};
  /// Patterns of the parameters that it trains, and of those it leaves.
  std::vector<std::string> parameters = {"*"}, frozen = {};
  /// The joint norm that gradients are scaled down to; 0: none.
  double clipNorm = 0;
};

class GraphBuilder {
public:
  explicit GraphBuilder(mlir::MLIRContext &context, uint64_t seed = 0);
  ~GraphBuilder();

  //===--- Inputs, outputs, constants -------------------------------------===//

  /// Ends the function before, and begins one of a training program: weights
  /// are parameters from here on, shared by their names.
  void beginFunction(llvm::StringRef name);
  /// The same for a function whose first output is a loss, which it lowers.
  void beginStep(llvm::StringRef name, const StepOptions &options);

  /// An input of labels: i64.
  Tensor labels(llvm::StringRef name, std::initializer_list<Size> shape);
  /// An input of floats.
  Tensor input(llvm::StringRef name, std::initializer_list<Size> shape);
  void output(llvm::StringRef name, Tensor value);
  Tensor constant(llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
                  llvm::ArrayRef<float> values);
  /// Weights uniform in [-bound, bound].
  Tensor weights(llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
                 double bound);

  //===--- Layers ---------------------------------------------------------===//

  /// Layers that are made while a Scope lives have names that begin with its.
  /// With `isShared` names are counted anew, so that a second application of
  /// the same layers has the same weights.
  class Scope {
  public:
    Scope(GraphBuilder &builder, llvm::StringRef name, bool isShared = false);
    ~Scope();

  private:
    GraphBuilder &builder;
    std::string outer;
  };

  /// x [N, C, H, W] with Kaiming-uniform weights.
  Tensor conv2d(Tensor x, ConvOptions options);
  /// x [N, features] times weights, plus a bias.
  Tensor dense(Tensor x, int64_t outputs);
  /// Batch normalization with the statistics of standard normal inputs.
  Tensor batchNorm(Tensor x);

  Tensor maxPool(Tensor x, PoolOptions options);
  Tensor averagePool(Tensor x, PoolOptions options);
  /// Mean over all dimensions but the first two, which remain.
  Tensor globalAveragePool(Tensor x);
  /// [N, ...] to [N, product of the others].
  Tensor flatten(Tensor x);

  Tensor relu(Tensor x);
  Tensor tanh(Tensor x);
  Tensor sigmoid(Tensor x);
  Tensor softmax(Tensor x, int64_t axis);
  Tensor add(Tensor a, Tensor b);
  Tensor mul(Tensor a, Tensor b);

  /// The mean loss of predictions, a scalar; of targets as Losses.h has them.
  Tensor loss(Loss loss, Tensor predictions, Tensor targets);

  /// The module with function `@main`, or those that were begun; failure if
  /// anything was wrong.
  mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> finish();

private:
  template <typename OpTy, typename... Args>
  Tensor create(llvm::StringRef layer, Args &&...args) {
    if (hasFailed)
      return {};
    auto loc = mlir::NameLoc::get(builder.getStringAttr(layer));
    auto op = tryCreate<OpTy>(builder, loc, std::forward<Args>(args)...);
    hasFailed |= !op;
    return op ? Tensor(op->getResult(0)) : Tensor();
  }
  Tensor reshape(llvm::StringRef layer, Tensor x,
                 llvm::ArrayRef<mlir::AffineExpr> dims);
  Tensor addChannelBias(Tensor x, llvm::StringRef layer, int64_t channels,
                        double bound);
  Tensor pool(Tensor x, PoolOptions options, bool isMaximum);
  /// The scope's name and the layer's, numbered where it is taken.
  std::string makeName(llvm::StringRef layer);
  Tensor fail(llvm::StringRef layer, const llvm::Twine &message);
  Tensor addInput(llvm::StringRef name, std::initializer_list<Size> shape,
                  mlir::Type element);
  mlir::func::FuncOp createFunction(llvm::StringRef name);
  void endFunction();
  /// A weight's value as the function sees it: a constant, or a parameter.
  Tensor createWeight(llvm::StringRef name, mlir::ElementsAttr value);

  mlir::MLIRContext &context;
  uint64_t seed;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  mlir::OpBuilder builder;
  std::string scope;
  llvm::StringMap<unsigned> used;
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<std::string> resultNames;
  bool hasFailed = false;
  /// Whether weights are parameters.
  bool isProgram = false;
};

} // namespace tenon

#endif // TENON_GRAPH_GRAPHBUILDER_H
