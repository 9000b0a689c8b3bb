//===- Mlp.cpp - multi-layer perceptrons ----------------------------------===//

#include "Models.h"
#include "tenon/Graph/GraphBuilder.h"

using namespace tenon;

models::Module models::buildMlp(mlir::MLIRContext &context, uint64_t seed) {
  GraphBuilder g(context, seed);
  Tensor x = g.flatten(g.input("image", {"batch", 1, 28, 28}));
  x = g.relu(g.dense(x, 256));
  x = g.relu(g.dense(x, 128));
  g.output("scores", g.dense(x, 10));
  return g.finish();
}
