//===- Composer.h - writes decompositions and derivatives -------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_COMPOSER_H
#define TENON_DIALECT_TENON_IR_COMPOSER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/Poison.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

namespace tenon {

inline mlir::RankedTensorType getTensorTypeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// Short forms for the ops that decompositions and derivatives are made of; all
/// operands broadcast.
///
/// An op that cannot be built ends the process, as MLIR's builders have it: in
/// passes it is a bug. Who builds of what users wrote gives a flag; then it is
/// an error, diagnosed once at the composer's location, which sets the flag,
/// and whatever is built after it is a poison (Poison.h). Such a composer never
/// ends the process: not by operands that are null, nor by types that do not
/// fit. It builds with its own `create`; `AddOp::create(composer, ...)` does
/// not ask for the flag.
class Composer : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;
  Composer(mlir::Location loc, mlir::OpBuilder &builder, bool &hadError)
      : ImplicitLocOpBuilder(loc, builder), hadError(&hadError) {}

  /// The results of an op: `args` are its operands and attributes.
  template <typename OpTy, typename... Args>
  llvm::SmallVector<Value> createResults(Args &&...args) {
    if (hadError)
      return createOrPoison<OpTy>(*this, getLoc(), *hadError,
                                  std::forward<Args>(args)...);
    auto op = OpTy::create(*this, std::forward<Args>(args)...);
    return llvm::to_vector_of<Value>(op->getResults());
  }
  /// The result of an op that has one.
  template <typename OpTy, typename... Args> Value create(Args &&...args) {
    return createResults<OpTy>(std::forward<Args>(args)...).front();
  }

  Value add(Value a, Value b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value div(Value a, Value b);
  Value neg(Value x);
  Value exp(Value x);
  Value log(Value x);
  Value rsqrt(Value x);
  Value square(Value x) { return mul(x, x); }
  Value compare(ComparisonPredicate predicate, Value a, Value b);
  Value select(Value condition, Value a, Value b);
  /// The sum; a null operand is zero.
  Value addIfAny(Value a, Value b) { return a && b ? add(a, b) : a ? a : b; }

  /// A scalar tensor with the element type of `like`.
  Value constant(Value like, double number) {
    return constant(getTypeOf(like).getElementType(), number);
  }
  Value constant(mlir::Type element, double number);

  /// Along `axes`, which keep size 1.
  Value reduce(ReduceKind kind, Value x, llvm::ArrayRef<int64_t> axes);

  Value cast(Value x, mlir::Type element);
  Value reshape(Value x, llvm::ArrayRef<mlir::AffineExpr> dims);

  /// `x` repeated to `type`, as NumPy's broadcast_to does.
  Value broadcastTo(Value x, mlir::RankedTensorType type);
  Value zeros(mlir::RankedTensorType type) {
    return broadcastTo(constant(type.getElementType(), 0), type);
  }

  /// The transpose of broadcastTo: sums what was repeated, down to `type`.
  Value sumTo(Value x, mlir::RankedTensorType type);

  /// The value of a size, as a scalar tensor.
  Value sizeOf(mlir::AffineExpr size, mlir::Type element);

  /// 0, 1, ... below `size`.
  Value countUp(mlir::AffineExpr size);

  /// `x`, which has one dimension, so that it lies along dimension `axis` of
  /// `rank` when broadcast.
  Value alongAxis(Value x, int64_t axis, int64_t rank);

private:
  /// The type of `x`, which becomes a poison where it is null and may be.
  mlir::RankedTensorType getTypeOf(Value &x);
  /// A poison, after a diagnostic unless there was one. Only with a flag.
  Value fail(const llvm::Twine &message);

  bool *hadError = nullptr;
};

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_COMPOSER_H
