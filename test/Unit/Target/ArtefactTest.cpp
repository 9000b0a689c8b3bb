//===- ArtefactTest.cpp - packaging, by opening and running what came out -===//

#include "VectorAdd.h"
#include "tenon-rt/program.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "gtest/gtest.h"

#include <dlfcn.h>

using namespace llvm;
using namespace tenon;

namespace {
class ArtefactTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("tenon-artefact", folder));
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string getPath(StringRef name) const {
    return (folder + "/" + name).str();
  }

  /// Packages the hand-made model and fails the test if that fails.
  void package(StringRef file, bool isDynamic = false,
               uint64_t maxEmbeddedWeights = 1 << 20) {
    ArtefactOptions options;
    options.path = getPath(file);
    options.kind = *getArtefactKind(file);
    options.maxEmbeddedWeights = maxEmbeddedWeights;
    options.runtimeFolder = TENON_RUNTIME_FOLDER;
    Error error = packageArtefact(
        makeVectorAdd(getModelName(file), isDynamic, options.kind), options);
    ASSERT_FALSE(bool(error)) << toString(std::move(error));
  }

  std::unique_ptr<MemoryBuffer> read(StringRef file) {
    return std::move(*MemoryBuffer::getFile(getPath(file)));
  }

  /// Runs a static model through its descriptor; returns sum[3] for a = 1 and
  /// b = 2, or a negative status.
  float runStatic(StringRef file) {
    void *library = dlopen(getPath(file).c_str(), RTLD_NOW | RTLD_LOCAL);
    EXPECT_TRUE(library) << dlerror();
    if (!library)
      return -100;
    auto *model =
        static_cast<const tenon_model *>(dlsym(library, "tenon_model"));
    tenon_error error;
    tenon_context *context = tenon_open(model, nullptr, &error);
    EXPECT_TRUE(context) << error.message;
    if (!context)
      return -error.status;
    float a[4] = {1, 1, 1, 1}, b[4] = {2, 2, 2, 2}, sum[4] = {};
    int64_t shape[1] = {4};
    tenon_tensor inputs[2] = {{a, shape, TENON_FLOAT32, 1},
                              {b, shape, TENON_FLOAT32, 1}};
    tenon_tensor output = {sum, shape, TENON_FLOAT32, 1};
    tenon_status status = tenon_run(context, inputs, &output, &error);
    tenon_close(context);
    return status == TENON_OK ? sum[3] : -float(status);
  }

  SmallString<128> folder;
};

TEST_F(ArtefactTest, SharedLibraryRuns) {
  package("libadd.so");
  EXPECT_EQ(runStatic("libadd.so"), 13);
  EXPECT_TRUE(sys::fs::exists(getPath("add.h")));
}

TEST_F(ArtefactTest, DescriptorTellsWhatTheModelIs) {
  package("libadd.so", /*isDynamic=*/true);
  void *library = dlopen(getPath("libadd.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  auto *model = static_cast<const tenon_model *>(dlsym(library, "add_model"));
  ASSERT_TRUE(model);
  EXPECT_EQ(model, dlsym(library, "tenon_model"));
  EXPECT_EQ(model->size, sizeof(tenon_model));
  EXPECT_STREQ(model->name, "add");
  EXPECT_EQ(model->num_states, 0);
  ASSERT_EQ(model->num_functions, 1);
  const tenon_function &function = *model->functions;
  EXPECT_STREQ(function.name, "main");
  ASSERT_EQ(function.num_inputs, 2);
  ASSERT_EQ(function.num_outputs, 1);
  ASSERT_EQ(function.num_symbols, 1);
  EXPECT_EQ(function.num_reads + function.num_writes, 0);
  EXPECT_STREQ(function.inputs[1].name, "b.1");
  EXPECT_EQ(function.inputs[1].dims[0], ~0);
  EXPECT_STREQ(function.inputs[1].dim_names[0], "n");
  EXPECT_EQ(function.inputs[1].rank, 1);
  EXPECT_EQ(function.inputs[1].dtype, TENON_FLOAT32);
  EXPECT_STREQ(function.symbols[0], "n");
  EXPECT_EQ(model->num_parameters, 1);
  EXPECT_EQ(model->program->weights_size, 4u);
  EXPECT_EQ(*static_cast<const float *>(model->program->weights), 10);
  EXPECT_EQ(model->program->weights_file, nullptr);
}

TEST_F(ArtefactTest, DynamicEntryPointsRun) {
  package("libadd.so", /*isDynamic=*/true);
  void *library = dlopen(getPath("libadd.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  auto open = reinterpret_cast<tenon_context *(*)(const tenon_options *,
                                                  tenon_error *)>(
      dlsym(library, "add_open"));
  auto prepare = reinterpret_cast<tenon_status (*)(
      tenon_context *, int64_t, tenon_error *)>(dlsym(library, "add_prepare"));
  auto run = reinterpret_cast<tenon_status (*)(
      tenon_context *, const tenon_tensor *, tenon_tensor *, tenon_error *)>(
      dlsym(library, "add_run"));
  ASSERT_TRUE(open && prepare && run);
  tenon_error error;
  tenon_context *context = open(nullptr, &error);
  ASSERT_TRUE(context) << error.message;
  EXPECT_EQ(prepare(context, 7, &error), TENON_OK) << error.message;
  std::vector<float> a(7, 1), b(7, 2);
  int64_t shape[1] = {7};
  tenon_tensor inputs[2] = {{a.data(), shape, TENON_FLOAT32, 1},
                            {b.data(), shape, TENON_FLOAT32, 1}};
  tenon_tensor output = {};
  ASSERT_EQ(run(context, inputs, &output, &error), TENON_OK) << error.message;
  EXPECT_EQ(output.shape[0], 7);
  EXPECT_EQ(static_cast<float *>(output.data)[6], 13);
  tenon_close(context);
}

TEST_F(ArtefactTest, SharedLibraryExportsTheModelAlone) {
  package("libadd.so");
  std::unique_ptr<MemoryBuffer> buffer = read("libadd.so");
  auto file = cantFail(
      object::ObjectFile::createELFObjectFile(buffer->getMemBufferRef()));
  auto *elf = cast<object::ELFObjectFileBase>(file.get());
  std::vector<std::string> exports;
  for (object::ELFSymbolRef symbol : elf->getDynamicSymbolIterators())
    if (!(cantFail(symbol.getFlags()) & object::SymbolRef::SF_Undefined))
      exports.push_back(cantFail(symbol.getName()).str());
  llvm::sort(exports);
  EXPECT_EQ(exports,
            (std::vector<std::string>{"add_close", "add_model", "add_open",
                                      "add_run", "tenon_model"}));
}

TEST_F(ArtefactTest, LargeWeightsLieBesideTheLibrary) {
  package("libadd.so", /*isDynamic=*/false, /*maxEmbeddedWeights=*/3);
  EXPECT_EQ(read("add.weights")->getBufferSize(), 4u);
  EXPECT_EQ(runStatic("libadd.so"), 13);
}

TEST_F(ArtefactTest, IsTheSameEveryTime) {
  for (StringRef suffix : {"so", "o", "a", "s"}) {
    std::string file = ("libadd." + suffix).str();
    package(file);
    std::string first = read(file)->getBuffer().str();
    package(file);
    EXPECT_TRUE(first == read(file)->getBuffer()) << file;
  }
}

TEST_F(ArtefactTest, AssemblyHoldsTheCode) {
  package("add.s");
  EXPECT_TRUE(read("add.s")->getBuffer().contains("add__run:"));
}

TEST_F(ArtefactTest, ArchivesOfTwoModelsLinkIntoOneProgram) {
  package("liba.a");
  package("libb.a");
  std::string source = getPath("main.c");
  std::error_code code;
  raw_fd_ostream(source, code) << R"(
#include "a.h"
#include "b.h"
int main(void) {
  float x[4] = {1, 1, 1, 1}, y[4], z[4];
  a_context *a = a_open(NULL, NULL);
  b_context *b = b_open(NULL, NULL);
  if (!a || !b || a_run(a, x, x, y, NULL) || b_run(b, y, y, z, NULL)) return 1;
  a_close(a);
  b_close(b);
  return z[3] == 34 ? 0 : 2;
}
)";
  std::string program = getPath("main");
  ASSERT_EQ(sys::ExecuteAndWait(
                TENON_C_COMPILER,
                {TENON_C_COMPILER, source, "-I" TENON_INCLUDE_FOLDER,
                 "-I" + folder.str().str(), getPath("liba.a"),
                 getPath("libb.a"), "-lm", "-lpthread", "-o", program}),
            0);
  EXPECT_EQ(sys::ExecuteAndWait(program, {program}), 0);
}

TEST_F(ArtefactTest, MissingRuntimeIsAnError) {
  ArtefactOptions options;
  options.path = getPath("libadd.so");
  options.runtimeFolder = getPath("nowhere");
  Error error = packageArtefact(
      makeVectorAdd("add", false, ArtefactKind::SharedLibrary), options);
  EXPECT_EQ(toString(std::move(error)),
            "expected libtenon-rt.a in " + getPath("nowhere"));
}
} // namespace
