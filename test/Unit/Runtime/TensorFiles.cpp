//===- TensorFiles.cpp - .pb, .npy and .npz -------------------------------===//
//
// Written files are read by ONNX's own message, read files are written by it.
// NumPy's side is in test/Runtime/numpy-files.test.
//
//===----------------------------------------------------------------------===//
#include "tenon-rt/tensor_io.h"

#include "onnx/onnx_pb.h"
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;

/// A folder and a list that clean up after themselves.
class TensorFiles : public testing::Test {
protected:
  TensorFiles()
      : folder(fs::temp_directory_path() /
               ("tenon-tensors-" + std::to_string(getpid()))) {
    fs::create_directory(folder);
  }
  ~TensorFiles() override {
    tenon_io_free(&tensors);
    fs::remove_all(folder);
  }

  std::string path(const char *name) { return (folder / name).string(); }
  std::string write(const char *name, const std::string &bytes) {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::string load(const char *name) {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  tenon_status parse(const std::string &bytes) {
    return tenon_io_parse_tensor_proto(bytes.data(), bytes.size(), "x.pb",
                                       &tensors, &error);
  }
  const tenon_tensor &last() { return tensors.items[tensors.count - 1].tensor; }
  void expectRefusal(const std::string &file, const std::string &message) {
    int32_t before = tensors.count;
    EXPECT_EQ(tenon_io_read(file.c_str(), &tensors, &error), TENON_ERR_FORMAT);
    EXPECT_EQ(error.message, file + ": " + message);
    EXPECT_EQ(tensors.count, before);
  }

  fs::path folder;
  tenon_io_tensors tensors = {};
  tenon_error error;
};

TEST_F(TensorFiles, ReadsEachTypeFromItsTypedField) {
  for (int dtype = 1; dtype <= TENON_INT2; ++dtype) {
    int bits = tenon_dtype_bits(dtype);
    if (!bits)
      continue;
    TensorProto proto;
    proto.set_data_type(dtype);
    proto.add_dims(4);
    int values = bits < 8 ? 4 * bits / 8 : 4;
    bool complex = dtype == TENON_COMPLEX64 || dtype == TENON_COMPLEX128;
    for (int i = 0; i < values * (complex ? 2 : 1); ++i)
      if (dtype == TENON_FLOAT32 || dtype == TENON_COMPLEX64)
        proto.add_float_data(i);
      else if (dtype == TENON_FLOAT64 || dtype == TENON_COMPLEX128)
        proto.add_double_data(i);
      else if (dtype == TENON_INT64)
        proto.add_int64_data(-i);
      else if (dtype == TENON_UINT32 || dtype == TENON_UINT64)
        proto.add_uint64_data(i);
      else
        proto.add_int32_data(i);
    ASSERT_EQ(parse(proto.SerializeAsString()), TENON_OK) << error.message;
    EXPECT_EQ(last().dtype, dtype);
    EXPECT_EQ(last().shape[0], 4);
  }
  EXPECT_EQ(static_cast<int16_t *>(tensors.items[4].tensor.data)[3], 3);
  EXPECT_EQ(static_cast<int64_t *>(tensors.items[6].tensor.data)[3], -3);
}

TEST_F(TensorFiles, ReadsNegativeNumbersAndUnpackedFields) {
  TensorProto proto;
  proto.set_data_type(TensorProto::INT8);
  proto.add_dims(2);
  proto.add_int32_data(-1);
  proto.add_int32_data(-128);
  ASSERT_EQ(parse(proto.SerializeAsString()), TENON_OK);
  EXPECT_EQ(static_cast<int8_t *>(last().data)[1], -128);
  // Fields 1, 2 and 4 (float_data), each value with a tag of its own.
  ASSERT_EQ(
      parse(std::string("\x08\x02\x10\x01\x25\0\0\x80\x3f\x25\0\0\0\x40", 14)),
      TENON_OK)
      << error.message;
  EXPECT_EQ(static_cast<float *>(last().data)[1], 2);
}

TEST_F(TensorFiles, ReadsScalarsAndEmptyTensors) {
  TensorProto scalar, empty;
  scalar.set_data_type(TensorProto::DOUBLE);
  scalar.add_double_data(0.5);
  ASSERT_EQ(parse(scalar.SerializeAsString()), TENON_OK);
  EXPECT_EQ(last().rank, 0);
  EXPECT_EQ(*static_cast<double *>(last().data), 0.5);
  empty.set_data_type(TensorProto::FLOAT);
  empty.add_dims(0);
  empty.add_dims(3);
  ASSERT_EQ(parse(empty.SerializeAsString()), TENON_OK);
  EXPECT_EQ(last().shape[1], 3);
}

TEST_F(TensorFiles, WritesWhatOnnxReads) {
  const int64_t shape[] = {2, 3};
  float data[] = {0, 1, 2, 3, 4, 5};
  tenon_tensor tensor = {data, shape, TENON_FLOAT32, 2};
  ASSERT_EQ(tenon_io_write(path("x.pb").c_str(), "scores", &tensor, &error),
            TENON_OK);
  TensorProto proto;
  ASSERT_TRUE(proto.ParseFromString(load("x.pb")));
  EXPECT_EQ(proto.name(), "scores");
  EXPECT_EQ(proto.dims(1), 3);
  EXPECT_EQ(proto.data_type(), TensorProto::FLOAT);
  EXPECT_EQ(proto.raw_data(), std::string(reinterpret_cast<char *>(data), 24));
  ASSERT_EQ(tenon_io_read(path("x.pb").c_str(), &tensors, &error), TENON_OK);
  EXPECT_STREQ(tensors.items[0].name, "scores");
}

TEST_F(TensorFiles, RefusesWhatIsNotATensorOfNumbers) {
  TensorProto proto;
  proto.set_data_type(TensorProto::STRING);
  proto.add_string_data("x");
  expectRefusal(write("s.pb", proto.SerializeAsString()),
                "expected a tensor of numbers, got element type 8 (string)");
  expectRefusal(write("e.pb", ""),
                "expected a tensor of numbers, got element type 0 (?)");
  expectRefusal(write("t.pb", "a line of text\n"),
                "expected an ONNX TensorProto, got a corrupt or truncated "
                "file");
}

TEST_F(TensorFiles, RefusesDataOfAnotherSize) {
  TensorProto proto;
  proto.set_data_type(TensorProto::FLOAT);
  proto.add_dims(3);
  proto.set_raw_data("12345678");
  expectRefusal(write("x.pb", proto.SerializeAsString()),
                "expected 12 bytes of data for the shape, got 8");
  proto.set_dims(0, INT64_MAX);
  EXPECT_EQ(parse(proto.SerializeAsString()), TENON_ERR_FORMAT);
  proto.set_dims(0, -2);
  EXPECT_EQ(parse(proto.SerializeAsString()), TENON_ERR_FORMAT);
}

TEST_F(TensorFiles, RefusesExternalData) {
  TensorProto proto;
  proto.set_data_type(TensorProto::FLOAT);
  proto.set_data_location(TensorProto::EXTERNAL);
  expectRefusal(write("e.pb", proto.SerializeAsString()),
                "expected the tensor's data in the file itself");
}

TEST_F(TensorFiles, RefusesEachTruncation) {
  TensorProto proto;
  proto.set_name("x");
  proto.set_data_type(TensorProto::INT64);
  proto.add_dims(3);
  for (int64_t value : {1, 300, -1})
    proto.add_int64_data(value);
  std::string bytes = proto.SerializeAsString();
  for (size_t size = 0; size < bytes.size(); ++size)
    parse(bytes.substr(0, size)); // a prefix may be complete, but not crash
  EXPECT_EQ(parse(bytes), TENON_OK);
}

TEST_F(TensorFiles, RoundTripsNpy) {
  const int64_t shape[] = {2, 2};
  int16_t data[] = {1, -2, 3, -4};
  tenon_tensor tensor = {data, shape, TENON_INT16, 2};
  ASSERT_EQ(tenon_io_write(path("x.npy").c_str(), "", &tensor, &error),
            TENON_OK);
  EXPECT_EQ(load("x.npy").size(), 128u + 8);
  ASSERT_EQ(tenon_io_read(path("x.npy").c_str(), &tensors, &error), TENON_OK)
      << error.message;
  EXPECT_EQ(static_cast<int16_t *>(last().data)[3], -4);
  EXPECT_EQ(last().shape[1], 2);
}

std::string makeNpy(const std::string &header, const std::string &data) {
  return std::string("\x93NUMPY\x01\x00", 8) +
         std::string{static_cast<char>(header.size()), '\0'} + header + data;
}

TEST_F(TensorFiles, TurnsOtherByteAndElementOrders) {
  write("x.npy", makeNpy("{'descr': '>i2', 'fortran_order': True, "
                         "'shape': (2, 3), }\n",
                         std::string("\0\1\0\2\0\3\0\4\0\5\0\6", 12)));
  ASSERT_EQ(tenon_io_read(path("x.npy").c_str(), &tensors, &error), TENON_OK)
      << error.message;
  auto *data = static_cast<int16_t *>(last().data);
  EXPECT_EQ(std::vector<int16_t>(data, data + 6),
            (std::vector<int16_t>{1, 3, 5, 2, 4, 6}));
}

TEST_F(TensorFiles, RefusesBadNpy) {
  expectRefusal(write("a.npy", "\x93NUMP"),
                "expected a .npy file, got a corrupt or truncated header");
  expectRefusal(write("b.npy", makeNpy("{'descr': '<U5', 'fortran_order': "
                                       "False, 'shape': (), }",
                                       "")),
                "expected an array of numbers, got type '<U5', 'fortran_orde");
  expectRefusal(write("c.npy", makeNpy("{'descr': '<f4', 'fortran_order': "
                                       "False, 'shape': (3,), }",
                                       "12345678")),
                "expected 12 bytes of data for the shape, got 8");
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': 3}";
  expectRefusal(write("d.npy", makeNpy(header, "")),
                "expected a shape and an order, got " + header);
}

TEST_F(TensorFiles, RoundTripsNpz) {
  const int64_t shape[] = {3};
  for (const char *name : {"x", "y"}) {
    auto *item =
        tenon_io_append(&tensors, name, TENON_FLOAT64, shape, 1, &error);
    static_cast<double *>(item->tensor.data)[2] = *name;
  }
  ASSERT_EQ(tenon_io_write_npz(path("xy.npz").c_str(), &tensors, &error),
            TENON_OK);
  ASSERT_EQ(tenon_io_read(path("xy.npz").c_str(), &tensors, &error), TENON_OK)
      << error.message;
  ASSERT_EQ(tensors.count, 4);
  EXPECT_STREQ(tensors.items[3].name, "y");
  EXPECT_EQ(static_cast<double *>(last().data)[2], 'y');

  std::string bytes = load("xy.npz");
  for (size_t size = 0; size < bytes.size(); size += 7) {
    write("cut.npz", bytes.substr(0, size));
    EXPECT_EQ(tenon_io_read(path("cut.npz").c_str(), &tensors, &error),
              TENON_ERR_FORMAT);
  }
  bytes[170] ^= 1; // in the first member's data
  EXPECT_EQ(tenon_io_read(write("bad.npz", bytes).c_str(), &tensors, &error),
            TENON_ERR_FORMAT);
  EXPECT_EQ(error.message, path("bad.npz") +
                               ":x.npy: expected an .npz file, got a member "
                               "with another checksum");
}

TEST_F(TensorFiles, SaysWhyAFileCannotBeUsed) {
  EXPECT_EQ(tenon_io_read(path("x.txt").c_str(), &tensors, &error),
            TENON_ERR_ARGUMENT);
  EXPECT_EQ(error.message, path("x.txt") + ": expected a file name that ends "
                                           "in .pb, .npy or .npz");
  EXPECT_EQ(tenon_io_read(path("none.pb").c_str(), &tensors, &error),
            TENON_ERR_ARGUMENT);
  EXPECT_EQ(error.message,
            path("none.pb") + ": cannot open: No such file or directory");
  tenon_tensor tensor = {nullptr, nullptr, TENON_BFLOAT16, 0};
  EXPECT_EQ(tenon_io_write(path("x.npy").c_str(), "x", &tensor, &error),
            TENON_ERR_ARGUMENT);
  EXPECT_STREQ(error.message, "tensor 'x': NumPy has no type for bfloat16; a "
                              ".pb file can hold it");
  int64_t zero = 0;
  tensor = {&zero, nullptr, TENON_INT64, 0};
  EXPECT_EQ(tenon_io_write("/nonexistent/x.pb", "x", &tensor, &error),
            TENON_ERR_SYSTEM);
}

TEST_F(TensorFiles, MakesUpNumbersInRange) {
  const int64_t shape[] = {1000};
  uint64_t state = 7, again = 7;
  auto *floats = tenon_io_append(&tensors, "", TENON_FLOAT32, shape, 1, &error);
  auto *data = static_cast<float *>(floats->tensor.data);
  tenon_io_fill_random(&floats->tensor, 0, 0, &state);
  float least = *std::min_element(data, data + 1000);
  float greatest = *std::max_element(data, data + 1000);
  EXPECT_TRUE(least >= -1 && least < -0.9f && greatest < 1 && greatest > 0.9f);
  float first = data[0];
  tenon_io_fill_random(&floats->tensor, 0, 0, &again);
  EXPECT_EQ(data[0], first);

  auto *ids = tenon_io_append(&tensors, "", TENON_INT64, shape, 1, &error);
  auto *values = static_cast<int64_t *>(ids->tensor.data);
  tenon_io_fill_random(&ids->tensor, -3, 5, &state);
  EXPECT_EQ(*std::min_element(values, values + 1000), -3);
  EXPECT_EQ(*std::max_element(values, values + 1000), 5);
}

TEST_F(TensorFiles, ReadsFoldersInOrder) {
  for (int i = 0; i < 12; ++i) {
    tenon_tensor tensor = {&i, nullptr, TENON_INT32, 0};
    std::string name = "input_" + std::to_string(i) + (i % 2 ? ".npy" : ".pb");
    tenon_io_write(path(name.c_str()).c_str(), "", &tensor, nullptr);
  }
  ASSERT_EQ(tenon_io_read_folder(folder.c_str(), "input", &tensors, &error),
            TENON_OK);
  ASSERT_EQ(tensors.count, 12);
  EXPECT_EQ(*static_cast<int32_t *>(last().data), 11);
}

} // namespace
