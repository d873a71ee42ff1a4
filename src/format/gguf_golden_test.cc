// The GGUF pairs of the golden set, which other programs wrote and llama.cpp reads.
#include <gtest/gtest.h>

#include <cmath>

#include "format/checkpoint.h"
#include "format/gguf.h"
#include "format/gguf_writer.h"
#include "format/test_support.h"

namespace quire {
namespace {

std::vector<float> floats(const TensorView& view) {
  std::vector<float> values(static_cast<std::size_t>(view.elements()));
  to_float(view, values.data());
  return values;
}

GgufFile golden(const std::string& name) {
  auto file = GgufFile::open(golden_path("gguf/" + name).string());
  EXPECT_TRUE(file.ok()) << file.status().message();
  return file.ok() ? *std::move(file) : GgufFile();
}

// Tensors that are the same in the model directory, one of every kind.
constexpr std::pair<const char*, const char*> kText[] = {
    {"token_embd.weight", "model.embed_tokens.weight"},
    {"output.weight", "lm_head.weight"},
    {"blk.0.ffn_down.weight", "model.layers.0.mlp.down_proj.weight"},
    {"blk.1.attn_q.weight", "model.layers.1.self_attn.q_proj.weight"},
    {"blk.1.ffn_gate_inp.weight", "model.layers.1.mlp.gate.weight"},
    {"blk.2.attn_norm.weight", "model.layers.2.input_layernorm.weight"}};
constexpr std::pair<const char*, const char*> kVision[] = {
    {"v.sam.pos_embd.weight", "model.sam_model.pos_embed"},
    {"v.sam.patch_embd.weight", "model.sam_model.patch_embed.proj.weight"},
    {"v.sam.blk.1.attn.pos_h.weight", "model.sam_model.blocks.1.attn.rel_pos_h"},
    {"v.sam.net_3.weight", "model.sam_model.net_3.weight"},
    {"v.blk.2.ffn_up.weight", "model.vision_model.transformer.layers.2.mlp.fc1.weight"},
    {"mm.model.fc.weight", "model.projector.layers.weight"}};

// Relative to the largest value of a block of 32, half a step of Q8_0 and the rounding of its
// scale.
constexpr double kQ8Error = 0.5 / 127 + 0x1p-11;

void compare(const GgufFile& file, const Checkpoint& model, const char* ours, const char* theirs) {
  const auto view = file.find(ours);
  ASSERT_TRUE(view.ok()) << view.status().message();
  const TensorView source = *model.find(theirs);
  EXPECT_EQ(view->shape, source.shape) << ours;
  const auto a = floats(*view), b = floats(source);
  const bool exact = view->dtype == DType::kBF16 || view->dtype == DType::kF32;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double bound = exact ? 0 : std::fabs(b[i]) * 0x1p-11 + 0x1p-25;  // F16
    if (view->dtype == DType::kQ8_0) {
      bound = 0;
      for (std::size_t j = i / 32 * 32; j < i / 32 * 32 + 32; ++j)
        bound = std::fmax(bound, std::fabs(b[j]) * kQ8Error);
    }
    ASSERT_LE(std::fabs(a[i] - b[i]), bound) << ours << " " << i;
  }
}

TEST(GoldenGguf, HoldsTheTensorsOfTheModelDirectory) {
  QUIRE_NEEDS_GOLDEN("gguf");
  const auto model = Checkpoint::open(golden_path("tiny-model").string());
  ASSERT_TRUE(model.ok());
  for (const char* type : {"bf16", "f16", "q8_0"}) {
    const GgufFile text = golden("tiny-" + std::string(type) + ".gguf");
    for (const auto& [ours, theirs] : kText) compare(text, *model, ours, theirs);
    const GgufFile vision = golden("mmproj-tiny-" + std::string(type) + ".gguf");
    for (const auto& [ours, theirs] : kVision) compare(vision, *model, ours, theirs);
  }
}

TEST(GoldenGguf, ExpertsAreStackedSlowest) {
  QUIRE_NEEDS_GOLDEN("gguf");
  const auto model = Checkpoint::open(golden_path("tiny-model").string());
  const GgufFile text = golden("tiny-bf16.gguf");
  const TensorView stack = *text.find("blk.1.ffn_gate_exps.weight");
  ASSERT_EQ(stack.shape, (Shape{8, 32, 96}));
  const auto all = floats(stack);
  const auto fifth = floats(*model->find("model.layers.1.mlp.experts.5.gate_proj.weight"));
  EXPECT_TRUE(std::equal(fifth.begin(), fifth.end(), all.begin() + 5 * 32 * 96));
}

TEST(GoldenGguf, MetadataReads) {
  QUIRE_NEEDS_GOLDEN("gguf");
  const GgufFile text = golden("tiny-q8_0.gguf");
  EXPECT_EQ(*text.get_string("general.architecture"), "deepseek2-ocr");
  EXPECT_EQ(*text.get_int("deepseek2-ocr.expert_count"), 8);
  EXPECT_FLOAT_EQ(
      static_cast<float>(*text.get_number("deepseek2-ocr.attention.layer_norm_rms_epsilon")),
      1e-6f);
  EXPECT_EQ(text.get_strings("tokenizer.ggml.tokens")->size(), 512u);
  EXPECT_EQ(text.get_ints("tokenizer.ggml.token_type")->size(), 512u);
  EXPECT_EQ((*text.get_strings("tokenizer.ggml.tokens"))[480], "<image>");
  const GgufFile vision = golden("mmproj-tiny-q8_0.gguf");
  EXPECT_TRUE(*vision.get_bool("clip.has_vision_encoder"));
  EXPECT_EQ(vision.get_numbers("clip.vision.image_mean")->size(), 3u);
}

class GgufWriterTest : public FolderTest {};

TEST_F(GgufWriterTest, WritesTheSameBytesAsTheOtherProgram) {
  QUIRE_NEEDS_GOLDEN("gguf");
  for (const char* name : {"tiny-bf16.gguf", "tiny-q8_0.gguf", "mmproj-tiny-f16.gguf"}) {
    const GgufFile file = golden(name);
    std::vector<TensorSource> tensors;
    for (const auto& tensor : file.names())
      tensors.push_back(TensorSource::borrow(tensor, *file.find(tensor)));
    ASSERT_TRUE(write_gguf(path(name), file.metadata(), tensors).ok());
    EXPECT_TRUE(slurp(path(name)) == slurp(golden_path("gguf/" + std::string(name)))) << name;
  }
}

TEST_F(GgufWriterTest, EveryValueComesBack) {
  const std::vector<GgufEntry> metadata = {
      {"int", GgufValue::u32(4'000'000'000u)},
      {"negative", {GgufType::kI16, std::int64_t{-3}}},
      {"float", GgufValue::f32(0.25f)},
      {"double", {GgufType::kF64, 0.1}},
      {"yes", GgufValue::boolean(true)},
      {"text", GgufValue::string("caf\xc3\xa9")},
      {"ints", GgufValue::i32s({-1, 2})},
      {"floats", GgufValue::f32s({0.5, -0.5})},
      {"texts", GgufValue::strings({"", "x"})},
      {"flags", {GgufType::kBool, std::vector<std::int64_t>{0, 1}}}};
  ASSERT_TRUE(write_gguf(path("a"), metadata, {}).ok());
  const auto file = GgufFile::open(path("a"));
  ASSERT_TRUE(file.ok()) << file.status().message();
  ASSERT_EQ(file->metadata().size(), metadata.size());
  for (const auto& entry : metadata)
    EXPECT_EQ(*file->find_value(entry.key), entry.value) << entry.key;
}

TEST_F(GgufWriterTest, WrongInputLeavesNoFile) {
  const std::vector<std::uint8_t> bytes(64);
  const auto refused = [&](const std::string& name, const TensorView& view,
                           const std::string& why) {
    const Status status = write_gguf(path("a"), {}, {TensorSource::borrow(name, view)});
    EXPECT_NE(status.message().find(why), std::string::npos) << status.message();
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
  };
  refused("a", {DType::kU8, {64}, bytes}, "no type U8");
  refused("a", {DType::kF32, {15}, bytes}, "64 bytes were given");
  refused("a", {DType::kF32, {16, 1, 1, 1, 1}, bytes}, "1 to 4 dimensions");
  refused("a", {DType::kF32, {0}, {}}, "empty");
  refused("a", {DType::kQ8_0, {2, 16}, bytes}, "blocks of 32");
  refused(std::string(64, 'n'), {DType::kF32, {16}, bytes}, "1 to 63");
  EXPECT_FALSE(
      write_gguf(path("a"), {{"k", GgufValue::u32(1)}, {"k", GgufValue::u32(2)}}, {}).ok());
  EXPECT_FALSE(write_gguf(path("a"), {{"general.alignment", GgufValue::u32(64)}}, {}).ok());
}

}  // namespace
}  // namespace quire
