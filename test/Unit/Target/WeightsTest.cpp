//===- WeightsTest.cpp - weights as raw bytes in an object ----------------===//

#include "tenon/Target/Weights.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace tenon;

TEST(WeightImage, AlignsEveryBlob) {
  WeightImage image;
  EXPECT_EQ(image.append({"abc", 3}), 0u);
  EXPECT_EQ(image.append({"de", 2}), 64u);
  EXPECT_EQ(image.size(), 66u);
  std::string bytes;
  raw_string_ostream os(bytes);
  image.write(os);
  EXPECT_EQ(bytes, "abc" + std::string(61, '\0') + "de");
}

TEST(WeightObject, HoldsTheBytesInASection) {
  WeightImage image;
  image.append({"weights", 7});
  std::string bytes;
  raw_string_ostream os(bytes);
  ASSERT_FALSE(writeWeightObject(os, image, "m__weights",
                                 Triple("x86_64-unknown-linux-gnu")));

  auto file = cantFail(object::ObjectFile::createELFObjectFile(
      MemoryBufferRef(bytes, "weights.o")));
  object::ELFSymbolRef symbol(*file->symbol_begin());
  EXPECT_EQ(cantFail(symbol.getName()), "m__weights");
  EXPECT_EQ(symbol.getSize(), 7u);
  EXPECT_EQ(symbol.getOther(), ELF::STV_HIDDEN);
  object::ELFSectionRef section(*cantFail(symbol.getSection()));
  EXPECT_EQ(cantFail(section.getName()), ".tenon.weights");
  EXPECT_EQ(cantFail(section.getContents()), "weights");
  EXPECT_EQ(section.getAlignment().value(), 64u);
  EXPECT_TRUE(section.getFlags() & ELF::SHF_X86_64_LARGE);
  EXPECT_FALSE(section.getFlags() & ELF::SHF_WRITE);
}

TEST(WeightObject, RefusesTargetsItDoesNotKnow) {
  std::string bytes;
  raw_string_ostream os(bytes);
  Error error = writeWeightObject(os, WeightImage(), "m__weights",
                                  Triple("armv7-unknown-linux-gnueabihf"));
  EXPECT_EQ(toString(std::move(error)),
            "expected an ELF target of x86_64 or aarch64 for the weights, got "
            "armv7-unknown-linux-gnueabihf");
}
