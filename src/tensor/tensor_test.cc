// The quantised blocks are compared with llama.cpp's own in format/golden_quants_test.cc, where the
// file that holds them can be read.
#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tensor/half.h"

namespace quire {
namespace {

template <typename T>
std::vector<std::uint8_t> bytes_of(const std::vector<T>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

constexpr DType kWritten[] = {DType::kF32,  DType::kF16,  DType::kBF16, DType::kQ8_0,
                              DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1};

TEST(Tensor, TheTableIsInTheOrderOfTheEnum) {
  EXPECT_EQ(dtype_info(DType::kF32).name, "F32");
  EXPECT_EQ(dtype_info(DType::kBF16).name, "BF16");
  EXPECT_EQ(dtype_info(DType::kU8).name, "U8");
  EXPECT_EQ(dtype_info(DType::kQ8_0).name, "Q8_0");
  EXPECT_EQ(dtype_info(DType::kQ5_1).name, "Q5_1");
  EXPECT_EQ(dtype_info(DType::kQ2_K).name, "Q2_K");
  EXPECT_EQ(dtype_info(DType::kQ6_K).name, "Q6_K");
}

TEST(Tensor, ShapesPrintAndCount) {
  EXPECT_EQ(to_string(Shape{768, 3, 16, 16}), "(768, 3, 16, 16)");
  EXPECT_EQ(to_string(Shape{}), "()");
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({4, 0, 3}), 0);
  EXPECT_EQ(Tensor({2, 3}).size(), 6u);
}

TEST(Tensor, ByteSizeRefusesWhatCannotBe) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(*byte_size(DType::kBF16, {3, 5}), 30u);
  EXPECT_EQ(*byte_size(DType::kQ8_0, {2, 64}), 136u);
  EXPECT_EQ(*byte_size(DType::kQ6_K, {2, 256}), 420u);
  EXPECT_EQ(*byte_size(DType::kF32, {0, 7}), 0u);
  EXPECT_EQ(*byte_size(DType::kF32, {1, 2, 3, 4, 5, 6}), 2880u);
  EXPECT_FALSE(byte_size(DType::kF32, {-1}).ok());
  EXPECT_FALSE(byte_size(DType::kU8, {kMax, 2}).ok());
  EXPECT_FALSE(byte_size(DType::kF32, {kMax}).ok());
  EXPECT_FALSE(byte_size(DType::kF32, {kMax / 4 + 1}).ok());
  EXPECT_FALSE(byte_size(DType::kQ8_0, {32, 33}).ok());
  EXPECT_FALSE(byte_size(DType::kQ4_K, {2, 128}).ok());
  EXPECT_FALSE(byte_size(DType::kQ8_0, {}).ok());
}

TEST(Tensor, PlainTypesDecode) {
  float out[3];
  const auto check = [&](DType dtype, const std::vector<std::uint8_t>& bytes, float a, float b,
                         float c) {
    to_float(TensorView{dtype, {3}, bytes}, out);
    EXPECT_EQ(out[0], a) << dtype_info(dtype).name;
    EXPECT_EQ(out[1], b);
    EXPECT_EQ(out[2], c);
  };
  check(DType::kF32, bytes_of<float>({1.5f, -2.0f, 3e30f}), 1.5f, -2.0f, 3e30f);
  check(DType::kF16, bytes_of<std::uint16_t>({0x3c00, 0xc000, 0x0001}), 1.0f, -2.0f, 0x1p-24f);
  check(DType::kBF16, bytes_of<std::uint16_t>({0x3f80, 0xc000, 0x7f00}), 1.0f, -2.0f, 0x1p127f);
  check(DType::kI32, bytes_of<std::int32_t>({-7, 0, 1 << 24}), -7.0f, 0.0f, 16777216.0f);
  check(DType::kI64, bytes_of<std::int64_t>({-7, 0, 1ll << 40}), -7.0f, 0.0f, 0x1p40f);
  check(DType::kU8, {0, 127, 255}, 0.0f, 127.0f, 255.0f);
}

TEST(Tensor, PartsOfATensorDecodeLikeTheWhole) {
  std::vector<float> values(512);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::sin(0.37f * static_cast<float>(i));
  for (const DType dtype : kWritten) {
    std::vector<std::uint8_t> bytes = *from_float(dtype, values);
    bytes.insert(bytes.begin(), 0xff);  // decoding must not mind odd addresses
    const TensorView view{dtype, {512}, std::span(bytes).subspan(1)};
    std::vector<float> whole(512), part(64);
    to_float(view, whole.data());
    to_float(view, 96, 64, part.data());
    for (int i = 0; i < 64; ++i) EXPECT_EQ(part[i], whole[96 + i]) << dtype_info(dtype).name;
  }
}

// Each code of a block type stands for an interval of width d; a value comes back to within half of
// it, plus d's own rounding to 11 bits (times the code), plus that of the minimum.
TEST(Tensor, QuantisedValuesComeBackWithinAStep) {
  struct Row {
    DType dtype;
    float steps;
    bool is_signed;
  };
  constexpr Row kRows[] = {{DType::kQ8_0, 127, true},
                           {DType::kQ4_0, 8, true},
                           {DType::kQ4_1, 15, false},
                           {DType::kQ5_0, 16, true},
                           {DType::kQ5_1, 31, false}};
  std::vector<float> values(32);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::cos(1.7f * static_cast<float>(i * i));
  for (const Row& row : kRows) {
    const auto bytes = *from_float(row.dtype, values);
    std::vector<float> back(32);
    to_float(TensorView{row.dtype, {32}, bytes}, back.data());
    const float step = (row.is_signed ? 1.0f : 2.0f) / row.steps;
    // Q4_0 and Q5_0 have one code less on the side away from the widest value: a full step there.
    const float bound = (row.steps == 8 || row.steps == 16 ? 1.0f : 0.5f) * step + 3 * 0x1p-11f;
    for (int i = 0; i < 32; ++i) {
      EXPECT_NEAR(back[i], values[i], bound) << dtype_info(row.dtype).name << " " << i;
    }
  }
}

TEST(Tensor, HostileNumbersEncodeToSomething) {
  std::vector<float> values(64, 0.0f);
  values[3] = std::numeric_limits<float>::infinity();
  values[5] = std::nanf("");
  values[40] = std::numeric_limits<float>::max();
  values[41] = std::numeric_limits<float>::denorm_min();
  for (const DType dtype : kWritten) EXPECT_TRUE(from_float(dtype, values).ok());
  values.assign(64, 0.0f);
  for (const DType dtype : kWritten) {
    std::vector<float> back(64, 1.0f);
    const auto bytes = *from_float(dtype, values);
    to_float(TensorView{dtype, {64}, bytes}, back.data());
    EXPECT_EQ(back, values) << dtype_info(dtype).name;
  }
}

// Whatever is in them: zeros, one value, the widest floats, not a number.
TEST(Tensor, BlocksOf256TakeAnyValues) {
  std::vector<float> values(6 * 256, 0.0f);
  std::fill(values.begin() + 256, values.begin() + 512, -0.75f);
  for (std::size_t i = 512; i < 768; ++i) values[i] = i % 2 ? 3e38f : -3e38f;
  std::fill(values.begin() + 768, values.begin() + 1024, std::nanf(""));
  std::fill(values.begin() + 1024, values.begin() + 1280, INFINITY);
  std::fill(values.begin() + 1280, values.end(), 1e-42f);
  for (const DType dtype : {DType::kQ4_K, DType::kQ5_K, DType::kQ6_K}) {
    const auto bytes = *from_float(dtype, values);
    std::vector<float> back(values.size());
    to_float(TensorView{dtype, {6 * 256}, bytes}, back.data());
    for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(back[i], 0.0f) << dtype_info(dtype).name;
    for (std::size_t i = 256; i < 512; ++i)
      EXPECT_NEAR(back[i], -0.75f, 0.003) << dtype_info(dtype).name;
  }
}

TEST(Tensor, TypesThatAreOnlyReadAreRefusedInWords) {
  const std::vector<float> values(256);
  const auto result = from_float(DType::kQ3_K, values);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), Code::kUnsupported);
  EXPECT_NE(result.status().message().find("Q3_K"), std::string::npos);
  EXPECT_FALSE(from_float(DType::kQ8_0, std::span(values).first(33)).ok());
}

}  // namespace
}  // namespace quire
