// Models from GGUF pairs, right ones and mixed-up ones.
#include <gtest/gtest.h>

#include "format/checkpoint.h"
#include "format/gguf_pair.h"
#include "format/gguf_writer.h"
#include "format/test_support.h"
#include "model/gguf_layout.h"
#include "model/model.h"
#include "model/model_files.h"

namespace quire {
namespace {

// The golden pair, of which a test may change a half before it is written.
class GgufModel : public FolderTest {
 protected:
  struct Half {
    std::vector<GgufEntry> keys;
    std::vector<TensorSource> tensors;

    void set(const std::string& key, GgufValue value) {
      for (GgufEntry& entry : keys) {
        if (entry.key == key) {
          entry.value = std::move(value);
          return;
        }
      }
      keys.push_back({key, std::move(value)});
    }
    void drop(const std::string& tensor) {
      std::erase_if(tensors, [&](const TensorSource& source) { return source.name == tensor; });
    }
    TensorSource& at(const std::string& tensor) {
      for (TensorSource& source : tensors) {
        if (source.name == tensor) return source;
      }
      ADD_FAILURE() << tensor;
      return tensors.front();
    }
  };

  void SetUp() override {
    QUIRE_NEEDS_GOLDEN("gguf");
    pair_ = *GgufPair::open(golden_path("gguf/tiny-bf16.gguf").string());
    for (const auto& [file, half] :
         {std::pair(&pair_.language, &language_), std::pair(&pair_.vision, &vision_)}) {
      half->keys = file->metadata();
      for (const std::string& name : file->names()) {
        half->tensors.push_back(TensorSource::borrow(name, *file->find(name)));
      }
    }
  }

  Result<Model> open() const {
    const std::string language = path("tiny.gguf"), vision = path("mmproj-tiny.gguf");
    EXPECT_TRUE(write_gguf(language, language_.keys, language_.tensors).ok());
    EXPECT_TRUE(write_gguf(vision, vision_.keys, vision_.tensors).ok());
    return Model::open(language);
  }
  void expect_error(std::initializer_list<const char*> parts) const {
    const auto model = open();
    ASSERT_FALSE(model);
    for (const char* part : parts) {
      EXPECT_NE(model.status().message().find(part), std::string::npos) << model.status().message();
    }
  }

  GgufPair pair_;
  Half language_, vision_;
};

TEST_F(GgufModel, HasTheBlueprintOfTheModelDirectory) {
  const auto pair = ModelFiles::open(golden_path("gguf/tiny-q8_0.gguf").string());
  ASSERT_TRUE(pair) << pair.status().message();
  EXPECT_TRUE(pair->config == *Config::load(golden_path("tiny-model").string()));
}

TEST_F(GgufModel, HasTheTensorsOfTheModelDirectory) {
  const auto pair = ModelFiles::open(golden_path("gguf/tiny-bf16.gguf").string());
  ASSERT_TRUE(pair) << pair.status().message();
  const auto directory = Checkpoint::open(golden_path("tiny-model").string());
  EXPECT_EQ(pair->tensors.names.size(), directory->names().size());
  for (const std::string& name : directory->names()) {
    const TensorView ours = *pair->tensors.find(name), theirs = *directory->find(name);
    ASSERT_EQ(ours.shape, theirs.shape) << name;
    std::vector<float> a(static_cast<std::size_t>(ours.elements())), b(a.size());
    to_float(ours, a.data());
    to_float(theirs, b.data());
    EXPECT_EQ(a, b) << name;
  }
}

TEST_F(GgufModel, AMissingTensorIsNamedAsItIsInTheFile) {
  language_.drop("blk.1.ffn_up_exps.weight");
  expect_error({"tiny.gguf", "blk.1.ffn_up_exps.weight", "model.layers.1.mlp.experts.0.up_proj"});
}

TEST_F(GgufModel, ATensorOfAnotherModelIsNoticed) {
  language_.at("blk.2.attn_q.weight").name = "blk.7.attn_q.weight";
  expect_error({"blk.2.attn_q.weight"});
}

TEST_F(GgufModel, TensorsNobodyAsksForMeanAnotherModel) {
  language_.set("deepseek2-ocr.block_count", GgufValue::u32(2));
  expect_error({"without", "blk.2."});
}

TEST_F(GgufModel, AVisionFileOfAnotherWidthDoesNotBelong) {
  const std::vector<std::uint8_t> bytes(128 * 64 * 4);
  vision_.at("mm.model.fc.weight") =
      TensorSource::borrow("mm.model.fc.weight", {DType::kF32, {64, 128}, bytes});
  expect_error({"mmproj-tiny.gguf", "width 64", "tiny.gguf", "96", "do not belong together"});
}

TEST_F(GgufModel, AWrongNumberOfExpertsIsNoticed) {
  language_.set("deepseek2-ocr.expert_count", GgufValue::u32(16));
  expect_error({"tiny.gguf", "mlp.gate.weight", "(8, 96)", "(16, 96)"});
}

TEST_F(GgufModel, ExpertsThatAreNotStackedAreNoticed) {
  language_.at("blk.1.ffn_up_exps.weight").shape = {8 * 32, 96};
  expect_error({"tiny.gguf", "blk.1.ffn_up_exps.weight", "(256, 96)", "8 matrices"});
}

TEST_F(GgufModel, AClaimOfManyExpertsCostsNothing) {
  language_.set("deepseek2-ocr.block_count", GgufValue::u32(4096));
  language_.set("deepseek2-ocr.expert_count", GgufValue::u32(65536));
  expect_error({"tiny.gguf", "65536 experts", "4096 layers", "limit"});
}

TEST_F(GgufModel, KeysThatQuireHasNoAnswerFor) {
  language_.set("deepseek2-ocr.expert_gating_func", GgufValue::u32(2));
  expect_error({"tiny.gguf", "expert_gating_func", "softmax"});
}

TEST_F(GgufModel, AnotherProjectorIsRefused) {
  vision_.set("clip.projector_type", GgufValue::string("pixtral"));
  expect_error({"mmproj-tiny.gguf", "projector_type", "pixtral"});
}

TEST_F(GgufModel, AVocabularyWithoutPicturesIsRefused) {
  std::vector<std::string> tokens(pair_.language.get_strings("tokenizer.ggml.tokens")->begin(),
                                  pair_.language.get_strings("tokenizer.ggml.tokens")->end());
  tokens[480] = "<picture>";
  language_.set("tokenizer.ggml.tokens", GgufValue::strings(std::move(tokens)));
  expect_error({"tiny.gguf", "<image>"});
}

TEST_F(GgufModel, WhatOtherProgramsLeaveOutOrFuseIsUnderstood) {
  // A leading size of 1, dropped when the file was written again.
  TensorSource& table = vision_.at("v.sam.pos_embd.weight");
  table = TensorSource::borrow(table.name, *pair_.vision.find(table.name));
  table.shape.erase(table.shape.begin());
  // Gate and up of each expert in one tensor, the gate's rows first.
  for (const std::string block : {"blk.1.", "blk.2."}) {
    const TensorView gate = *pair_.language.find(block + "ffn_gate_exps.weight"),
                     up = *pair_.language.find(block + "ffn_up_exps.weight");
    language_.drop(block + "ffn_gate_exps.weight");
    language_.drop(block + "ffn_up_exps.weight");
    language_.tensors.push_back(
        {block + "ffn_gate_up_exps.weight", gate.dtype, {8, 64, 96}, [=](const ByteSink& sink) {
           const std::size_t expert = gate.bytes.size() / 8;
           for (std::size_t e = 0; e < 8; ++e) {
             QUIRE_TRY(sink(gate.bytes.subspan(e * expert, expert)));
             QUIRE_TRY(sink(up.bytes.subspan(e * expert, expert)));
           }
           return Status();
         }});
  }
  const auto model = open();
  ASSERT_TRUE(model) << model.status().message();
  const auto whole = Model::open(golden_path("gguf/tiny-bf16.gguf").string());
  const GatedMlp &fused = model->weights().text.layers[2].experts[5],
                 &plain = whole->weights().text.layers[2].experts[5];
  for (const auto& [a, b] :
       {std::pair(&fused.gate, &plain.gate), std::pair(&fused.up, &plain.up)}) {
    std::vector<float> mine(96), theirs(96);
    for (std::size_t row = 0; row < 32; ++row) {
      a->copy_row(row, mine.data());
      b->copy_row(row, theirs.data());
      EXPECT_EQ(mine, theirs);
    }
  }
}

TEST(GgufLayout, NamesEveryTensorOfTheOfficialModel) {
  Config config;
  config.sam.layers = 12;
  config.clip.layers = 24;
  config.text.layers = 12;
  config.text.experts = 64;
  std::size_t language = 0, vision = 0, official = 0;
  for (const GgufTensor& tensor : gguf_layout(config)) {
    if (tensor.alternative) continue;
    (tensor.vision ? vision : language) += 1;
    official += tensor.official.size();
  }
  EXPECT_EQ(language, 155u);
  EXPECT_EQ(vision, 476u);
  EXPECT_EQ(official, 2710u);
}

}  // namespace
}  // namespace quire
