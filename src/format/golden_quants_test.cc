// Every quantised type against llama.cpp's reference: its blocks decoded by us must be the values
// it decodes them to, and the types that we write must come out as its bytes.
#include <gtest/gtest.h>

#include <cctype>

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
  for (const DType dtype : kQuantised) {
    if (dtype_info(dtype).encode == nullptr) continue;
    const auto theirs = (*file->find(golden_name(dtype) + ".raw")).bytes;
    const auto ours = from_float(dtype, source);
    ASSERT_TRUE(ours.ok());
    EXPECT_TRUE(std::equal(ours->begin(), ours->end(), theirs.begin(), theirs.end()))
        << golden_name(dtype);
  }
}

}  // namespace
}  // namespace quire
