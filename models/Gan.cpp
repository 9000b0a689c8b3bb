//===- Gan.cpp - a generative adversarial network -------------------------===//
//
// Goodfellow et al.: Generative Adversarial Nets, 2014. A generator of points
// in the plane and a discriminator, each with a step of its own; the
// generator's loss is the non-saturating one.
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "tenon/Graph/GraphBuilder.h"

using namespace tenon;

static constexpr int64_t batch = 64, noiseSize = 4, hidden = 32;

static Tensor generate(GraphBuilder &g, Tensor noise) {
  GraphBuilder::Scope scope(g, "generator", /*isShared=*/true);
  return g.dense(g.tanh(g.dense(noise, hidden)), 2);
}

/// A logit for each point: whether it is real.
static Tensor judge(GraphBuilder &g, Tensor points) {
  GraphBuilder::Scope scope(g, "discriminator", /*isShared=*/true);
  return g.dense(g.tanh(g.dense(points, hidden)), 1);
}

models::Module models::buildGan(mlir::MLIRContext &context, uint64_t seed) {
  GraphBuilder g(context, seed);
  auto begin = [&](llvm::StringRef name) {
    g.beginStep(name, {.optimizer = "adam",
                       .numbers = {{"lr", 5e-3}, {"beta1", 0.5}},
                       .parameters = {name.str() + "/*"}});
  };
  begin("discriminator");
  Tensor real = g.input("real", {batch, 2}),
         noise = g.input("noise", {batch, noiseSize}),
         ones = g.input("ones", {batch, 1}),
         zeros = g.input("zeros", {batch, 1});
  g.output("loss", g.add(g.loss(Loss::BinaryCrossEntropy, judge(g, real), ones),
                         g.loss(Loss::BinaryCrossEntropy,
                                judge(g, generate(g, noise)), zeros)));

  begin("generator");
  noise = g.input("noise", {batch, noiseSize});
  ones = g.input("ones", {batch, 1});
  g.output("loss", g.loss(Loss::BinaryCrossEntropy,
                          judge(g, generate(g, noise)), ones));

  g.beginFunction("sample");
  g.output("points", generate(g, g.input("noise", {"batch", noiseSize})));
  return g.finish();
}
