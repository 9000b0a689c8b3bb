//===- HeaderTest.cpp - the C header of an artefact -----------------------===//

#include "tenon/Target/Header.h"
#include "VectorAdd.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace tenon;

static std::string getHeader(const ModelDescription &model) {
  std::string text;
  raw_string_ostream os(text);
  writeHeader(os, model);
  return text;
}

/// Compiles a header alone, with every warning an error.
static int compile(StringRef compiler, StringRef language, StringRef standard,
                   StringRef header) {
  SmallString<128> path;
  int descriptor;
  EXPECT_FALSE(sys::fs::createTemporaryFile("header", "h", descriptor, path));
  raw_fd_ostream(descriptor, /*shouldClose=*/true) << header;
  int status = sys::ExecuteAndWait(
      compiler,
      {compiler, "-x", language, standard, "-pedantic", "-Wall", "-Wextra",
       "-Werror", "-I" TENON_INCLUDE_FOLDER, "-fsyntax-only", path});
  sys::fs::remove(path);
  return status;
}

/// A model whose author did not think of C.
static ModelDescription makeAwkwardModel(bool isDynamic) {
  ModelDescription model =
      makeVectorAdd("awkward", isDynamic, ArtefactKind::Object).description;
  model.source = "*/ int x; /*.onnx";
  FunctionDescription &function = model.functions.front();
  function.inputs[0].name = "while";
  function.inputs[1].name = "x:0/*/";
  function.outputs[0].name = "while_";
  return model;
}

TEST(Header, StaticModelsTakeTypedPointers) {
  std::string header =
      getHeader(makeVectorAdd("add", false, ArtefactKind::Object).description);
  EXPECT_NE(header.find("add_run(add_context *context,\n"
                        "    const float *a /* [4] */,\n"
                        "    const float *b_1 /* [4] */,\n"
                        "    float *sum /* [4] */,\n"
                        "    tenon_error *error);"),
            std::string::npos)
      << header;
  EXPECT_NE(header.find("input  b_1: float32 [4] (\"b.1\")"), std::string::npos)
      << header;
}

TEST(Header, DynamicModelsTakeTensors) {
  std::string header =
      getHeader(makeVectorAdd("add", true, ArtefactKind::Object).description);
  EXPECT_NE(header.find("const tenon_tensor *inputs"), std::string::npos);
  EXPECT_NE(header.find("add_prepare(add_context *context, int64_t max_n"),
            std::string::npos);
}

/// Functions whose names are those of the header's own.
static ModelDescription makeProgram() {
  ModelDescription model = makeAwkwardModel(/*isDynamic=*/false);
  model.functions.push_back(makeAwkwardModel(/*isDynamic=*/true).functions[0]);
  model.functions[0].name = "open";
  model.functions[1].name = "tokens/prepare";
  StateDescription &state = model.states.emplace_back();
  state.name = "past";
  state.dims = {DimDescription::getExpression("p"),
                DimDescription::getConstant(8)};
  state.capacity = {64, 8};
  state.firstDims = {0, 8};
  return model;
}

TEST(Header, FunctionsOfAProgramAreCalledByTheirNames) {
  ModelDescription model = makeProgram();
  EXPECT_EQ(
      model.getEntryNames(),
      (std::vector<std::string>{"awkward_open_", "awkward_tokens_prepare_"}));
  std::string header = getHeader(model);
  for (StringRef text :
       {"awkward_open_(awkward_context *context,\n    const float *while_ ",
        "#define awkward_open__size_while_ 4",
        "awkward_tokens_prepare__prepare(awkward_context *context, int64_t "
        "max_n,",
        " *   kept past: float32 [p <= 64, 8]"})
    EXPECT_NE(header.find(text), std::string::npos) << text.str() << '\n'
                                                    << header;
  model.functions[0].name = model.functions[1].name = "a.b";
  EXPECT_EQ(model.getEntryNames(),
            (std::vector<std::string>{"awkward_a_b", "awkward_a_b_2"}));
}

TEST(Header, IsStrictCAndCxx) {
  for (const ModelDescription &model :
       {makeAwkwardModel(false), makeAwkwardModel(true), makeProgram()}) {
    std::string header = getHeader(model);
    EXPECT_EQ(compile(TENON_C_COMPILER, "c", "-std=c11", header), 0) << header;
    EXPECT_EQ(compile(TENON_CXX_COMPILER, "c++", "-std=c++17", header), 0)
        << header;
  }
}
