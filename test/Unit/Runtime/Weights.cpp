//===- Weights.cpp - weights in a file beside the artefact ----------------===//
#include "FakeModel.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace {

const tenon_code readsWeights = {
    [](tenon_rt_frame *frame) -> int32_t {
      auto *weights = reinterpret_cast<const float *>(frame->weights);
      std::copy(weights, weights + 6, static_cast<float *>(frame->outputs[0]));
      return TENON_OK;
    },
    [](const int64_t *, int64_t *out) {
      const int64_t sizes[] = {0, 0, 2, 3, 2, 3};
      std::copy(std::begin(sizes), std::end(sizes), out);
    },
};

class Weights : public testing::Test {
protected:
  Weights() {
    model.code = readsWeights;
    model.program.weights_size = 24;
    model.program.weights_file = "static.weights";
    path = (std::filesystem::temp_directory_path() /
            ("tenon-weights-" + std::to_string(getpid())))
               .string();
    options.weights_path = path.c_str();
  }
  ~Weights() override { std::filesystem::remove(path); }
  void write(size_t bytes) {
    const float values[] = {1, 2, 3, 4, 5, 6};
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char *>(values), bytes);
  }

  FakeModel model = makeStaticModel();
  tenon_options options = TENON_OPTIONS_INIT;
  std::string path;
};

TEST_F(Weights, AreMappedFromTheFile) {
  write(24);
  OpenModel opened(model, &options);
  ASSERT_TRUE(opened.context) << opened.error.message;
  float x[6] = {}, y[6];
  const void *inputs[] = {x};
  void *outputs[] = {y};
  ASSERT_EQ(tenon_rt_run_static(opened.context, 0, inputs, outputs, nullptr),
            0);
  EXPECT_EQ(y[5], 6);
}

TEST_F(Weights, AreRefusedWhenOfAnotherSize) {
  write(20);
  OpenModel opened(model, &options);
  EXPECT_FALSE(opened.context);
  EXPECT_EQ(opened.error.status, TENON_ERR_WEIGHTS);
  EXPECT_EQ(opened.error.message, "model 'static': expected weights file '" +
                                      path + "' of 24 bytes, got 20");
}

TEST_F(Weights, AreRefusedWhenMissing) {
  OpenModel opened(model, &options);
  EXPECT_EQ(opened.error.message, "model 'static': cannot open weights file '" +
                                      path + "': No such file or directory");
}

TEST_F(Weights, AreLookedForBesideTheArtefact) {
  auto program = std::filesystem::read_symlink("/proc/self/exe");
  OpenModel opened(model);
  EXPECT_EQ(opened.error.status, TENON_ERR_WEIGHTS);
  EXPECT_NE(std::string(opened.error.message)
                .find((program.parent_path() / "static.weights").string()),
            std::string::npos)
      << opened.error.message;
}

} // namespace
