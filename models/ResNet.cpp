//===- ResNet.cpp - residual networks -------------------------------------===//
//
// He, Zhang, Ren and Sun: Deep residual learning for image recognition, 2015;
// section 4.2, with projections where the shape changes.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "tenon/Graph/GraphBuilder.h"

using namespace tenon;

/// Two 3x3 convolutions beside a shortcut.
static Tensor buildBlock(GraphBuilder &g, Tensor x, int64_t channels,
                         int64_t stride) {
  auto conv = [&](Tensor in, int64_t window, int64_t by) {
    return g.batchNorm(g.conv2d(in, {.outputs = channels,
                                     .window = window,
                                     .stride = by,
                                     .padding = window / 2,
                                     .hasBias = false}));
  };
  Tensor y = g.relu(conv(x, 3, stride));
  y = conv(y, 3, 1);
  Tensor shortcut = stride == 1 ? x : conv(x, 1, stride);
  return g.relu(g.add(y, shortcut));
}

models::Module models::buildResNet20(mlir::MLIRContext &context,
                                     uint64_t seed) {
  GraphBuilder g(context, seed);
  Tensor x = g.input("image", {"batch", 3, 32, 32});
  x = g.relu(g.batchNorm(g.conv2d(
      x, {.outputs = 16, .window = 3, .padding = 1, .hasBias = false})));
  for (int64_t stage = 0; stage < 3; ++stage)
    for (int64_t block = 0; block < 3; ++block) {
      GraphBuilder::Scope scope(g, "stage" + std::to_string(stage) + "/block" +
                                       std::to_string(block));
      x = buildBlock(g, x, 16 << stage, stage > 0 && block == 0 ? 2 : 1);
    }
  g.output("scores", g.dense(g.globalAveragePool(x), 10));
  return g.finish();
}
