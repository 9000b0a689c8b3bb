//===- NodeComposer.h - Composer for rules of the importer ------*- C++ -*-===//
//
// What Composer is for decompositions, whose operands are right because their
// op was verified, this is for import functions, whose operands are what a
// model says: an op that cannot be built is an error of the node, reported
// once, and its value a poison (Poison.h) that later ops take. The base class
// is private so that `AddOp::create(c, ...)`, which would end the process, does
// not compile: it is `c.create<AddOp>(...)`.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_ONNX_IMPORT_NODECOMPOSER_H
#define TENON_LIB_ONNX_IMPORT_NODECOMPOSER_H

#include "OnnxNode.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/Rounds.h"

namespace tenon {

class NodeComposer : private Composer {
public:
  using Composer::Value;

  explicit NodeComposer(OnnxNode &node)
      : Composer(node.getLoc(), node.getBuilder(), node.hadError) {}

  using Composer::create;
  using Composer::createResults;

  using Composer::add;
  using Composer::addIfAny;
  using Composer::alongAxis;
  using Composer::broadcastTo;
  using Composer::cast;
  using Composer::compare;
  using Composer::constant;
  using Composer::countUp;
  using Composer::div;
  using Composer::exp;
  using Composer::log;
  using Composer::mul;
  using Composer::neg;
  using Composer::reduce;
  using Composer::reshape;
  using Composer::rsqrt;
  using Composer::select;
  using Composer::sizeOf;
  using Composer::square;
  using Composer::sub;
  using Composer::sumTo;
  using Composer::zeros;
  Value reverseRounds(Value list) { return tenon::reverseRounds(*this, list); }

  using Composer::getAffineConstantExpr;
  using Composer::getAffineDimExpr;
  using Composer::getAffineMapArrayAttr;
  using Composer::getBoolAttr;
  using Composer::getContext;
  using Composer::getDenseI64ArrayAttr;
  using Composer::getF32Type;
  using Composer::getF64Type;
  using Composer::getI1Type;
  using Composer::getI64IntegerAttr;
  using Composer::getI64Type;
  using Composer::getLoc;

  /// For blocks, and ops whose result types are given.
  mlir::OpBuilder &getBuilder() { return *this; }
};

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_NODECOMPOSER_H
