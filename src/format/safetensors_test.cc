#include "format/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "format/safetensors_writer.h"
#include "format/test_support.h"

namespace quire {
namespace {

// A file made by hand: length field, header, `data` zero bytes.
std::string file_of(const std::string& header, std::size_t data) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

std::string error_of(const std::string& bytes) {
  const auto file = SafetensorsFile::parse(as_bytes(bytes));
  return file.ok() ? "no error" : file.status().message();
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
         ",\"data_offsets\":" + offsets + "}";
}

TEST(Safetensors, TheTinyModelOpens) {
  QUIRE_NEEDS_GOLDEN("tiny-model/model-00001-of-000001.safetensors");
  const auto file =
      SafetensorsFile::open(golden_path("tiny-model/model-00001-of-000001.safetensors").string());
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->names().size(), 192u);
  EXPECT_EQ(file->names().front(), "model.sam_model.pos_embed");
  EXPECT_EQ(file->metadata().at("format"), "pt");
  const auto view = file->find("model.sam_model.pos_embed");
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->dtype, DType::kBF16);
  EXPECT_EQ(view->shape, (Shape{1, 64, 64, 64}));
  EXPECT_EQ(file->find("model.sam_model.pos_embedding").status().code(), Code::kNotFound);
}

TEST(Safetensors, AcceptsEveryShapeTheFormatAllows) {
  const std::string bytes = file_of("{" + entry("five", "U8", "[1,2,1,3,1,1,2]", "[0,12]") + "," +
                                        entry("scalar", "F32", "[]", "[12,16]") + "," +
                                        entry("none", "F16", "[0,7]", "[16,16]") + "}   ",
                                    16);
  const auto file = SafetensorsFile::parse(as_bytes(bytes));
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->names(), (std::vector<std::string>{"five", "scalar", "none"}));
  EXPECT_EQ(file->find("scalar")->elements(), 1);
  EXPECT_EQ(file->find("none")->bytes.size(), 0u);
}

TEST(Safetensors, RefusesFilesThatAreNotWhole) {
  EXPECT_NE(error_of("").find("0 bytes, too short"), std::string::npos);
  EXPECT_NE(error_of("1234567").find("too short"), std::string::npos);
  EXPECT_NE(error_of(std::string("\0\0\0\0\0\0\0\x10", 8)).find("1152921504606846976"),
            std::string::npos);
  EXPECT_NE(error_of(std::string(8, '\xff')).find("claims"), std::string::npos);
  EXPECT_NE(error_of(std::string("\x40\0\0\0\0\0\0\0{}", 10)).find("cut short"), std::string::npos);
  EXPECT_NE(error_of(std::string(8, '\0')).find("header"), std::string::npos);

  const std::string whole = file_of("{" + entry("a", "F32", "[4]", "[0,16]") + "}", 16);
  ASSERT_EQ(error_of(whole), "no error");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(error_of(whole.substr(0, size)), "no error") << size;
  }
  EXPECT_NE(error_of(whole + "x").find("1 bytes at the end"), std::string::npos);
}

TEST(Safetensors, RefusesHostileHeaders) {
  const auto refused = [](const std::string& header, std::size_t data, const std::string& why) {
    const std::string error = error_of(file_of(header, data));
    EXPECT_NE(error.find(why), std::string::npos) << header << "\n" << error;
  };
  const auto one = [](const std::string& e) { return "{" + e + "}"; };
  refused("[]", 0, "not a JSON object");
  refused("{\"a\":7}", 0, "not an object");
  refused("{\"\xff\":{}}", 0, "not valid JSON");
  refused(std::string(200, '['), 0, "deeper");
  refused("{\"__metadata__\":{\"a\":1}}", 0, "only strings");
  refused(one(entry("a", "F64", "[1]", "[0,8]")), 8, "\"F64\" is not one");
  refused(one(entry("a", "Q8_0", "[32]", "[0,34]")), 34, "\"Q8_0\" is not one");
  refused("{\"a\":{\"dtype\":7,\"shape\":[],\"data_offsets\":[0,1]}}", 1, "must be a string");
  refused("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1, "\"shape\" is missing");
  refused("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "\"data_offsets\" is missing");
  refused(one(entry("a", "F32", "[9223372036854775808]", "[0,4]")), 4, "must be from 0");
  refused(one(entry("a", "F32", "[9223372036854775807,9223372036854775807]", "[0,4]")), 4,
          "counted");
  refused(one(entry("a", "F32", "[4611686018427387904]", "[0,4]")), 4, "counted");
  refused(one(entry("a", "F32", "[4294967296,4294967296]", "[0,0]")), 0, "counted");
  refused(one(entry("a", "F32", "[-1]", "[0,4]")), 4, "must be from 0");
  refused(one(entry("a", "F32", "[1.5]", "[0,4]")), 4, "whole number");
  refused(one(entry("a", "F32", "[1]", "[4,0]")), 4, "not before");
  refused(one(entry("a", "F32", "[1]", "[0,4,8]")), 4, "not before");
  refused(one(entry("a", "F32", "[1]", "[0,8]")), 8, "takes 4 bytes, but 8");
  refused(one(entry("a", "U8", "[9]", "[0,9]")), 8, "cut short");
  refused(one(entry("a", "U8", "[1152921504606846976]", "[0,1152921504606846976]")), 8,
          "cut short");
  const std::string a = entry("a", "U8", "[4]", "[0,4]");
  refused(one(a + "," + a), 4, "stands twice");
  refused(one(a + "," + entry("b", "U8", "[4]", "[2,6]")), 6, "\"b\": begins at byte 2");
  refused(one(a + "," + entry("b", "U8", "[4]", "[5,9]")), 9, "\"b\": begins at byte 5");
  refused(one(entry("a", "U8", "[4]", "[1,5]")), 5, "begins at byte 1");
}

class SafetensorsWriterTest : public FolderTest {};

TEST_F(SafetensorsWriterTest, ReadsBackWhatItWrote) {
  const std::vector<std::uint8_t> small{1, 2, 3};
  std::vector<std::uint8_t> wide(24);
  std::iota(wide.begin(), wide.end(), 0);
  const std::vector<TensorSource> tensors{
      TensorSource::borrow("small", {DType::kU8, {3}, small}),
      TensorSource::borrow("wide \"name\" \xc3\xa9", {DType::kF32, {2, 3}, wide})};
  ASSERT_TRUE(write_safetensors(path("a"), tensors, {{"format", "pt"}}).ok());

  const auto file = SafetensorsFile::open(path("a"));
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->metadata().at("format"), "pt");
  ASSERT_EQ(file->names(), (std::vector<std::string>{"wide \"name\" \xc3\xa9", "small"}));
  const TensorView view = *file->find(file->names()[0]);
  EXPECT_EQ(view.shape, (Shape{2, 3}));
  EXPECT_TRUE(std::equal(view.bytes.begin(), view.bytes.end(), wide.begin(), wide.end()));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(view.bytes.data()) % 4, 0u);
}

TEST_F(SafetensorsWriterTest, ACopyOfTheTinyModelHasTheSameTensors) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  const auto model =
      SafetensorsFile::open(golden_path("tiny-model/model-00001-of-000001.safetensors").string());
  ASSERT_TRUE(model.ok());
  std::vector<TensorSource> tensors;
  for (const auto& name : model->names())
    tensors.push_back(TensorSource::borrow(name, *model->find(name)));
  ASSERT_TRUE(write_safetensors(path("copy"), tensors, model->metadata()).ok());
  const auto copy = SafetensorsFile::open(path("copy"));
  ASSERT_TRUE(copy.ok());
  ASSERT_EQ(copy->names(), model->names());
  for (const auto& name : model->names()) {
    const TensorView a = *model->find(name), b = *copy->find(name);
    EXPECT_EQ(a.shape, b.shape);
    EXPECT_TRUE(std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end())) << name;
  }
}

TEST_F(SafetensorsWriterTest, WrongInputLeavesNoFile) {
  const std::vector<std::uint8_t> bytes(34);
  const auto refused = [&](const std::vector<TensorSource>& tensors, const std::string& why) {
    const Status status = write_safetensors(path("a"), tensors);
    EXPECT_NE(status.message().find(why), std::string::npos) << status.message();
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
  };
  const auto u8 = [&](const char* name, std::int64_t size) {
    return TensorSource::borrow(name, {DType::kU8, {size}, bytes});
  };
  refused({u8("a", 34), u8("a", 34)}, "twice");
  refused({u8("__metadata__", 34)}, "reserved");
  refused({u8("\xff", 34)}, "UTF-8");
  refused({u8("a", 34), u8("b", 33)}, "\"b\": 34 bytes were given");
  refused({u8("a", -1)}, "negative");
  refused({TensorSource::borrow("a", {DType::kQ8_0, {32}, bytes})}, "no type Q8_0");
  EXPECT_FALSE(write_safetensors(path("no/folder"), {}).ok());
}

}  // namespace
}  // namespace quire
