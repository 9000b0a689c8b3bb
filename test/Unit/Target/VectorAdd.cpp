//===- VectorAdd.cpp - a model written by hand, for the packaging tests ---===//

#include "VectorAdd.h"

#include "tenon/Target/Object.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace tenon;

/// NAME and COUNT are replaced. The kernel's buffers are a, b, offset and sum.
static constexpr StringLiteral kCode = R"(
define void @NAME__add(ptr %buffers, ptr %dims, ptr %scratch, i64 %begin, i64 %end) {
entry:
  %a = load ptr, ptr %buffers
  %b.at = getelementptr ptr, ptr %buffers, i64 1
  %b = load ptr, ptr %b.at
  %offset.at = getelementptr ptr, ptr %buffers, i64 2
  %offset = load ptr, ptr %offset.at
  %sum.at = getelementptr ptr, ptr %buffers, i64 3
  %sum = load ptr, ptr %sum.at
  %c = load float, ptr %offset
  br label %loop
loop:
  %i = phi i64 [%begin, %entry], [%next, %loop]
  %x.at = getelementptr float, ptr %a, i64 %i
  %x = load float, ptr %x.at
  %y.at = getelementptr float, ptr %b, i64 %i
  %y = load float, ptr %y.at
  %xy = fadd float %x, %y
  %z = fadd float %xy, %c
  %z.at = getelementptr float, ptr %sum, i64 %i
  store float %z, ptr %z.at
  %next = add i64 %i, 1
  %done = icmp eq i64 %next, %end
  br i1 %done, label %exit, label %loop
exit:
  ret void
}

@NAME__launches = external hidden global i8
declare i32 @tenon_rt_launch(ptr, ptr, ptr, ptr, i64)

define i32 @NAME__run(ptr %frame) {
  %inputs = load ptr, ptr %frame
  %outputs.at = getelementptr ptr, ptr %frame, i64 1
  %outputs = load ptr, ptr %outputs.at
  %dims.at = getelementptr ptr, ptr %frame, i64 2
  %dims = load ptr, ptr %dims.at
  %weights.at = getelementptr ptr, ptr %frame, i64 3
  %weights = load ptr, ptr %weights.at
  %buffers = alloca [4 x ptr]
  %a = load ptr, ptr %inputs
  store ptr %a, ptr %buffers
  %b.from = getelementptr ptr, ptr %inputs, i64 1
  %b = load ptr, ptr %b.from
  %b.at = getelementptr ptr, ptr %buffers, i64 1
  store ptr %b, ptr %b.at
  %offset.at = getelementptr ptr, ptr %buffers, i64 2
  store ptr %weights, ptr %offset.at
  %sum = load ptr, ptr %outputs
  %sum.at = getelementptr ptr, ptr %buffers, i64 3
  store ptr %sum, ptr %sum.at
  %count = COUNT
  %status = call i32 @tenon_rt_launch(ptr %frame, ptr @NAME__launches, ptr %buffers, ptr %dims, i64 %count)
  ret i32 %status
}

define void @NAME__sizes(ptr %dims, ptr %out) {
  store i64 0, ptr %out
  %scratch = getelementptr i64, ptr %out, i64 1
  store i64 0, ptr %scratch
  %count = COUNT
  %dim.sum = getelementptr i64, ptr %out, i64 2
  store i64 %count, ptr %dim.sum
  %dim.a = getelementptr i64, ptr %out, i64 3
  store i64 %count, ptr %dim.a
  %dim.b = getelementptr i64, ptr %out, i64 4
  store i64 %count, ptr %dim.b
  ret void
}
)";

static std::string replaceAll(std::string text, StringRef from, StringRef to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;)
    text.replace(at, from.size(), to);
  return text;
}

static ValueDescription makeVector(StringRef name, bool isDynamic) {
  ValueDescription value;
  value.name = name.str();
  value.dims = {isDynamic ? DimDescription::getSymbol(0, "n")
                          : DimDescription::getConstant(4)};
  return value;
}

CompiledModel tenon::makeVectorAdd(StringRef name, bool isDynamic,
                                   ArtefactKind kind) {
  CompiledModel model;
  model.target = TargetInfo::getHost();
  ModelDescription &description = model.description;
  description.name = name.str();
  description.source = "vector-add.onnx";
  description.numParameters = 1;
  FunctionDescription &function = description.functions.emplace_back();
  function.name = "main";
  function.inputs = {makeVector("a", isDynamic), makeVector("b.1", isDynamic)};
  function.outputs = {makeVector("sum", isDynamic)};
  if (isDynamic)
    function.symbols = {"n"};
  model.host.description.symbol = description.name;
  CodeDescription &code = model.host.description.functions.emplace_back();
  code.symbol = description.name;
  code.launches = {{description.name + "__add", "node_0", 8, 48}};
  code.firstChange = 1;

  static const float offset = 10;
  model.host.weights.append(
      {reinterpret_cast<const char *>(&offset), sizeof(offset)});

  std::string text = replaceAll(kCode.str(), "NAME", name);
  text = replaceAll(text, "COUNT",
                    isDynamic ? "load i64, ptr %dims" : "add i64 0, 4");
  LLVMContext context;
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module =
      parseAssemblyString(text, diagnostic, context);
  if (!module) {
    diagnostic.print("VectorAdd", llvm::errs());
    return model;
  }
  std::unique_ptr<TargetMachine> machine =
      model.target.createTargetMachine(CodeGenOptLevel::Aggressive);
  module->setDataLayout(machine->createDataLayout());
  module->setTargetTriple(machine->getTargetTriple());
  if (isMadeOfLLVMIR(kind))
    model.modules.push_back(emitBitcode(*module));
  else
    model.modules.push_back(llvm::cantFail(emitObject(*module, *machine)));
  return model;
}
