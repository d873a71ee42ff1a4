// Every quantised type against llama.cpp's reference: its blocks decoded by us must be the values
// it decodes them to, and what we write in blocks of 32 must come out as its bytes.
#include <gtest/gtest.h>

#include <cctype>
#include <cmath>

#include "format/safetensors.h"
#include "format/test_support.h"

namespace quire {
namespace {

constexpr DType kQuantised[] = {DType::kQ8_0, DType::kQ4_0, DType::kQ4_1, DType::kQ5_0,
                                DType::kQ5_1, DType::kQ2_K, DType::kQ3_K, DType::kQ4_K,
                                DType::kQ5_K, DType::kQ6_K};

std::string golden_name(DType dtype) {
  std::string name(dtype_info(dtype).name);
  for (char& c : name) c = static_cast<char>(std::tolower(c));
  return name;
}

std::vector<float> floats(const SafetensorsFile& file, const std::string& name) {
  const TensorView view = *file.find(name);
  std::vector<float> values(static_cast<std::size_t>(view.elements()));
  to_float(view, values.data());
  return values;
}

TEST(GoldenQuants, DecodeExactly) {
  QUIRE_NEEDS_GOLDEN("quants/quants.safetensors");
  const auto file = SafetensorsFile::open(golden_path("quants/quants.safetensors").string());
  ASSERT_TRUE(file.ok()) << file.status().message();
  for (const DType dtype : kQuantised) {
    const std::string name = golden_name(dtype);
    const std::vector<float> expected = floats(*file, name + ".dequant");
    TensorView raw = *file->find(name + ".raw");
    raw.dtype = dtype;
    raw.shape = {static_cast<std::int64_t>(expected.size())};
    ASSERT_EQ(*byte_size(dtype, raw.shape), raw.bytes.size()) << name;
    std::vector<float> ours(expected.size());
    to_float(raw, ours.data());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_NEAR(ours[i], expected[i], 1e-6) << name << " " << i;
    }
  }
}

TEST(GoldenQuants, EncodeToTheSameBytes) {
  QUIRE_NEEDS_GOLDEN("quants/quants.safetensors");
  const auto file = SafetensorsFile::open(golden_path("quants/quants.safetensors").string());
  ASSERT_TRUE(file.ok()) << file.status().message();
  const std::vector<float> source = floats(*file, "source");
  for (const DType dtype : {DType::kQ8_0, DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1}) {
    const auto theirs = (*file->find(golden_name(dtype) + ".raw")).bytes;
    const auto ours = from_float(dtype, source);
    ASSERT_TRUE(ours.ok());
    EXPECT_TRUE(std::equal(ours->begin(), ours->end(), theirs.begin(), theirs.end()))
        << golden_name(dtype);
  }
}

// Blocks of 256 are found by a search of our own: it must not lose to the reference's.
TEST(GoldenQuants, BlocksOf256LoseNoMoreThanTheReferences) {
  QUIRE_NEEDS_GOLDEN("quants/quants.safetensors");
  const auto file = SafetensorsFile::open(golden_path("quants/quants.safetensors").string());
  ASSERT_TRUE(file.ok()) << file.status().message();
  const std::vector<float> source = floats(*file, "source");
  const auto squared_error = [&](const std::vector<float>& values) {
    double sum = 0;
    for (std::size_t i = 0; i < source.size(); ++i)
      sum += std::pow(static_cast<double>(values[i]) - source[i], 2);
    return sum;
  };
  for (const DType dtype : {DType::kQ4_K, DType::kQ5_K, DType::kQ6_K}) {
    const auto bytes = from_float(dtype, source);
    ASSERT_TRUE(bytes.ok());
    std::vector<float> ours(source.size());
    to_float({dtype, {static_cast<std::int64_t>(source.size())}, *bytes}, ours.data());
    const double theirs = squared_error(floats(*file, golden_name(dtype) + ".dequant"));
    EXPECT_LE(squared_error(ours), theirs) << golden_name(dtype);
    EXPECT_GT(squared_error(ours), 0.5 * theirs) << golden_name(dtype) << ": too good to be true";
  }
}

}  // namespace
}  // namespace quire
