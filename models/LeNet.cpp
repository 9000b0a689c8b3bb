//===- LeNet.cpp - LeNet-5 ------------------------------------------------===//
//
// LeCun, Bottou, Bengio and Haffner: Gradient-based learning applied to
// document recognition, 1998. With max pooling and ReLU, as it is taught today.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "tenon/Graph/GraphBuilder.h"

using namespace tenon;

models::Module models::buildLeNet(mlir::MLIRContext &context, uint64_t seed) {
  GraphBuilder g(context, seed);
  Tensor x = g.input("image", {"batch", 1, 28, 28});
  x = g.relu(g.conv2d(x, {.outputs = 6, .window = 5, .padding = 2}));
  x = g.maxPool(x, {.window = 2, .stride = 2});
  x = g.relu(g.conv2d(x, {.outputs = 16, .window = 5}));
  x = g.maxPool(x, {.window = 2, .stride = 2});
  x = g.flatten(x);
  x = g.relu(g.dense(x, 120));
  x = g.relu(g.dense(x, 84));
  g.output("scores", g.dense(x, 10));
  return g.finish();
}
