#include "format/checkpoint.h"

#include <gtest/gtest.h>

#include "format/safetensors_writer.h"
#include "format/test_support.h"

namespace quire {
namespace {

class CheckpointTest : public FolderTest {
 protected:
  // A shard with one-byte tensors of these names.
  void shard(const std::string& file, const std::vector<std::string>& names) const {
    static const std::vector<std::uint8_t> kByte{7};
    std::vector<TensorSource> tensors;
    for (const auto& name : names)
      tensors.push_back(TensorSource::borrow(name, {DType::kU8, {1}, kByte}));
    ASSERT_TRUE(write_safetensors(path(file), tensors).ok());
  }
  void index(const std::string& weight_map) const {
    write("model.safetensors.index.json",
          "{\"metadata\": {}, \"weight_map\": {" + weight_map + "}}");
  }
  std::string error() const {
    const auto checkpoint = Checkpoint::open(folder_.string());
    return checkpoint.ok() ? "no error" : checkpoint.status().message();
  }
  void expect_error(const std::string& part) const {
    EXPECT_NE(error().find(part), std::string::npos) << error();
  }
};

TEST_F(CheckpointTest, TheTinyModelOpens) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  const auto checkpoint = Checkpoint::open(golden_path("tiny-model").string());
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status().message();
  EXPECT_EQ(checkpoint->names().size(), 192u);
  EXPECT_EQ(checkpoint->find("lm_head.weight")->shape, (Shape{512, 96}));
}

TEST_F(CheckpointTest, OneFileWithoutAnIndexIsEnough) {
  shard("model.safetensors", {"a", "b"});
  const auto checkpoint = Checkpoint::open(folder_.string());
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status().message();
  EXPECT_TRUE(checkpoint->contains("a"));
  EXPECT_EQ(checkpoint->find("b")->bytes[0], 7);
}

TEST_F(CheckpointTest, SeveralShardsAreOneModel) {
  shard("one", {"a", "b"});
  shard("two", {"c"});
  index(R"("a": "one", "b": "one", "c": "two")");
  Result<Checkpoint> opened = Checkpoint::open(folder_.string());
  ASSERT_TRUE(opened.ok()) << opened.status().message();
  const Checkpoint moved = *std::move(opened);
  EXPECT_EQ(moved.names(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(moved.find("c")->bytes[0], 7);
}

TEST_F(CheckpointTest, AMissingTensorIsNamedWithItsNeighbour) {
  shard("model.safetensors", {"model.norm.weight", "lm_head.weight"});
  const auto checkpoint = Checkpoint::open(folder_.string());
  ASSERT_TRUE(checkpoint.ok());
  const std::string message = checkpoint->find("model.norms.weight").status().message();
  EXPECT_NE(message.find("\"model.norms.weight\""), std::string::npos) << message;
  EXPECT_NE(message.find("nearest name is \"model.norm.weight\""), std::string::npos) << message;
  EXPECT_EQ(checkpoint->find("x").status().message().find("nearest"), std::string::npos);
}

TEST_F(CheckpointTest, SaysWhatIsMissing) {
  EXPECT_NE(Checkpoint::open(path("no")).status().message().find("no such directory"),
            std::string::npos);
  expect_error("no weights to load");
  index(R"("a": "one")");
  expect_error("one: named by model.safetensors.index.json but not there");
  shard("one", {"b"});
  expect_error("tensor \"a\" is promised");
  write("one", "garbage");
  expect_error("one: only 7 bytes");
}

TEST_F(CheckpointTest, AnIndexCannotReachOutsideItsFolder) {
  for (const char* name :
       {"../x", "/etc/passwd", "sub/x", "..", ".", "", "a\\\\..\\\\b", "a\\u0000b"}) {
    index("\"a\": \"" + std::string(name) + "\"");
    expect_error("a file in the same folder");
  }
}

TEST_F(CheckpointTest, RefusesBrokenIndexes) {
  for (const char* map : {"", R"("a": 7)", R"("a": null)"}) {
    index(map);
    EXPECT_NE(error(), "no error") << map;
  }
  write("model.safetensors.index.json", "{\"weight_map\": []}");
  expect_error("missing or empty");
  write("model.safetensors.index.json", "{\"weight_map\": {\"a\": ");
  expect_error("breaks off");
  shard("one", {"a"});
  shard("two", {"a", "b"});
  index(R"("a": "one", "b": "two")");
  expect_error("in another shard as well");
}

}  // namespace
}  // namespace quire
