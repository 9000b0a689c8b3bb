//===- Derivatives.cpp - the rules of all categories ----------------------===//

#include "tenon/Autodiff/Derivatives.h"
#include "Rules.h"

using namespace mlir;
using namespace tenon;

void tenon::registerDerivatives(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, TenonDialect *) {
    attachCollectiveDerivatives(context);
    attachContractDerivatives(context);
    attachControlDerivatives(context);
    attachConvDerivatives(context);
    attachElementwiseDerivatives(context);
    attachIndexDerivatives(context);
    attachMovementDerivatives(context);
    attachNormalizationDerivatives(context);
    attachReduceDerivatives(context);
    attachResizeDerivatives(context);
    attachWindowDerivatives(context);
  });
}

Operation *tenon::cloneWithOperands(Composer &c, Operation *op,
                                    ValueRange operands) {
  Operation *clone = op->cloneWithoutRegions();
  clone->setOperands(operands);
  c.insert(clone);
  return clone;
}
