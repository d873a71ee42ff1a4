#include "format/gguf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "format/checkpoint.h"
#include "format/test_support.h"

namespace quire {
namespace {

using namespace std::string_literals;

template <typename T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
std::string text(const std::string& value) { return raw(std::uint64_t{value.size()}) + value; }

std::string header(std::uint64_t tensors, std::uint64_t entries, std::uint32_t version = 3) {
  return "GGUF" + raw(version) + raw(tensors) + raw(entries);
}
std::string u32_entry(const std::string& key, std::uint32_t value) {
  return text(key) + raw(std::uint32_t{4}) + raw(value);
}
std::string tensor(const std::string& name, const std::vector<std::uint64_t>& sizes,
                   std::uint32_t type, std::uint64_t offset) {
  std::string out = text(name) + raw(static_cast<std::uint32_t>(sizes.size()));
  for (const auto size : sizes) out += raw(size);
  return out + raw(type) + raw(offset);
}
std::string padded(std::string bytes, std::size_t alignment = 32) {
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
  return bytes;
}

std::string error_of(const std::string& bytes) {
  const auto file = GgufFile::parse(as_bytes(bytes));
  return file.ok() ? "no error" : file.status().message();
}
void refused(const std::string& bytes, const std::string& why) {
  EXPECT_NE(error_of(bytes).find(why), std::string::npos) << why << " | " << error_of(bytes);
}

constexpr std::uint32_t kF32 = 0, kQ8_0 = 8, kArray = 9, kString = 8;

TEST(Gguf, ReadsBothVersionsAndReversesShapes) {
  for (const std::uint32_t version : {2u, 3u}) {
    const std::string bytes =
        padded(header(2, 1, version) + u32_entry("a.b", 7) + tensor("m", {2, 3}, kF32, 0) +
               tensor("v", {32, 1, 1, 2}, kQ8_0, 32)) +
        padded(std::string(24, '\0')) + std::string(68, '\1');
    const auto file = GgufFile::parse(as_bytes(bytes));
    ASSERT_TRUE(file.ok()) << file.status().message();
    EXPECT_EQ(file->names(), (std::vector<std::string>{"m", "v"}));
    EXPECT_EQ(file->find("m")->shape, (Shape{3, 2}));
    EXPECT_EQ(file->find("v")->shape, (Shape{2, 1, 1, 32}));
    EXPECT_EQ(file->find("v")->bytes.size(), 68u);
    EXPECT_EQ(file->find("v")->bytes[0], 1);
    EXPECT_EQ(*file->get_int("a.b"), 7);
    EXPECT_FALSE(file->find("w").ok());
  }
}

TEST(Gguf, MetadataOfEveryType) {
  const auto entry = [](const char* key, std::uint32_t type, const std::string& value) {
    return text(key) + raw(type) + value;
  };
  const std::string strings = raw(kString) + raw(std::uint64_t{2}) + text("x") + text("\xff");
  const std::string bytes =
      header(0, 15) + entry("u8", 0, "\xff") + entry("i8", 1, "\xff") +
      entry("u16", 2, "\xff\xff") + entry("i16", 3, "\xff\xff") + entry("u32", 4, raw(~0u)) +
      entry("i32", 5, raw(-7)) + entry("f32", 6, raw(0.5f)) + entry("bool", 7, "\1") +
      entry("string", 8, text("hello")) + entry("u64", 10, raw(std::uint64_t{1} << 40)) +
      entry("i64", 11, raw(std::int64_t{-1} << 40)) + entry("f64", 12, raw(0.1)) +
      entry("strings", kArray, strings) +
      entry("i32s", kArray, raw(std::uint32_t{5}) + raw(std::uint64_t{2}) + raw(-1) + raw(2)) +
      entry("f32s", kArray, raw(std::uint32_t{6}) + raw(std::uint64_t{1}) + raw(0.25f));
  const auto file = GgufFile::parse(as_bytes(bytes));
  ASSERT_TRUE(file.ok()) << file.status().message();
  constexpr IntRange kWide{-(std::int64_t{1} << 62), std::int64_t{1} << 62};
  EXPECT_EQ(*file->get_int("u8"), 255);
  EXPECT_EQ(*file->get_int("i8", {}, kWide), -1);
  EXPECT_EQ(*file->get_int("u16"), 65535);
  EXPECT_EQ(*file->get_int("i16", {}, kWide), -1);
  EXPECT_EQ(*file->get_int("u32", {}, kWide), 4294967295);
  EXPECT_EQ(*file->get_int("i32", {}, kWide), -7);
  EXPECT_EQ(*file->get_number("f32"), 0.5);
  EXPECT_TRUE(*file->get_bool("bool"));
  EXPECT_EQ(*file->get_string("string"), "hello");
  EXPECT_EQ(*file->get_int("u64", {}, kWide), std::int64_t{1} << 40);
  EXPECT_EQ(*file->get_int("i64", {}, kWide), -(std::int64_t{1} << 40));
  EXPECT_EQ(*file->get_number("f64"), 0.1);
  EXPECT_EQ((*file->get_strings("strings"))[1], "\xff");
  EXPECT_EQ((*file->get_ints("i32s"))[0], -1);
  EXPECT_EQ((*file->get_numbers("f32s"))[0], 0.25);
  EXPECT_EQ(file->metadata()[3].key, "i16");

  EXPECT_EQ(*file->get_int("absent", 3), 3);
  EXPECT_EQ(file->get_int("absent").status().code(), Code::kNotFound);
  EXPECT_NE(file->get_int("i32").status().message().find("\"i32\" must be from 0"),
            std::string::npos);
  EXPECT_FALSE(file->get_int("u32").ok());
  EXPECT_NE(file->get_int("strings").status().message().find("a list of string"),
            std::string::npos);
  EXPECT_FALSE(file->get_bool("u8").ok());
  EXPECT_FALSE(file->get_string("i32s").ok());
  EXPECT_FALSE(file->get_ints("strings").ok());
}

TEST(Gguf, RefusesWhatIsNotWhole) {
  refused("", "not a GGUF file");
  refused("GGUX", "not a GGUF file");
  refused(header(0, 0, 1), "version 1");
  refused(header(0, 0, 4), "version 4");
  refused(header(0, 0, 0x03000000), "big-endian");
  const std::string whole =
      padded(header(1, 1) + u32_entry("a", 7) + tensor("m", {2, 3}, kF32, 0)) +
      std::string(24, '\0');
  ASSERT_EQ(error_of(whole), "no error");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(error_of(whole.substr(0, size)), "no error") << size;
  }
}

TEST(Gguf, RefusesCountsAndLengthsLargerThanTheFile) {
  constexpr std::uint64_t kHuge = ~std::uint64_t{0};
  refused(header(0, kHuge), "metadata entries, more than");
  refused(header(kHuge, 0), "tensors, more than");
  refused(header(0, std::uint64_t{1} << 60), "metadata entries, more than");
  const std::string pad(64, '\0');
  refused(header(0, 1) + raw(kHuge) + pad, "cut short");
  refused(header(0, 1) + text("k") + raw(kString) + raw(kHuge - 3) + pad, "cut short");
  for (const std::uint32_t type : {0u, 4u, 8u, 12u}) {
    refused(header(0, 1) + text("k") + raw(kArray) + raw(type) + raw(kHuge) + pad,
            "more than the file holds");
    refused(header(0, 1) + text("k") + raw(kArray) + raw(type) + raw(std::uint64_t{65}) + pad, "");
  }
  refused(header(0, 1) + text("k") + raw(kArray) + raw(kArray) + raw(std::uint64_t{1}) + pad,
          "list of lists");
  refused(header(0, 1) + text("k") + raw(std::uint32_t{13}) + pad, "unknown type 13");
  refused(header(0, 1) + text("k") + raw(kArray) + raw(~0u) + raw(std::uint64_t{1}) + pad,
          "unknown type");
  refused(header(0, 1) + text("k") + raw(std::uint32_t{10}) + raw(kHuge) + pad, "out of range");
  refused(header(0, 1) + text("k") + raw(std::uint32_t{7}) + "\2" + pad, "out of range");
}

TEST(Gguf, RefusesNamesThatAreWrong) {
  const std::string pad(64, '\0');
  refused(header(0, 1) + u32_entry("", 1) + pad, "empty");
  refused(header(0, 1) + u32_entry("a\xff", 1) + pad, "not plain text");
  refused(header(0, 1) + u32_entry(std::string(70'000, 'k'), 1) + pad, "too long");
  refused(header(0, 2) + u32_entry("a", 1) + u32_entry("a", 2) + pad, "\"a\" stands twice");
  refused(header(1, 0) + tensor("a\n", {1}, kF32, 0) + pad, "not plain text");
  refused(padded(header(2, 0) + tensor("a", {8}, kF32, 0) + tensor("a", {8}, kF32, 32)) + pad,
          "stands twice");
}

TEST(Gguf, RefusesTensorsThatCannotBe) {
  const auto one = [](const std::string& info) {
    return padded(header(1, 0) + info) + std::string(4096, '\0');
  };
  constexpr std::uint64_t kTop = std::uint64_t{1} << 63;
  refused(one(tensor("m", {kTop}, kF32, 0)), "a size of 9223372036854775808");
  refused(one(tensor("m", {kTop - 1, 2}, kF32, 0)), "counted");
  refused(one(tensor("m", {kTop - 1}, kF32, 0)), "counted");
  refused(one(tensor("m", {std::uint64_t{1} << 32, std::uint64_t{1} << 32}, kF32, 0)), "counted");
  refused(one(tensor("m", {std::uint64_t{1} << 61, 4}, kF32, 0)), "counted");
  refused(one(tensor("m", {0}, kF32, 0)), "a size of 0");
  refused(one(tensor("m", {}, kF32, 0)), "0 dimensions");
  refused(one(tensor("m", {1, 1, 1, 1, 1}, kF32, 0)), "5 dimensions");
  refused(one(tensor("m", {1}, 4, 0)), "type number 4");
  refused(one(tensor("m", {1}, ~0u, 0)), "type number 4294967295");
  refused(one(tensor("m", {33}, kQ8_0, 0)), "blocks of 32");
  refused(one(tensor("m", {16, 2}, kQ8_0, 0)), "blocks of 32");
  refused(one(tensor("m", {2048}, kF32, 0)), "end outside the file");
  refused(one(tensor("m", {std::uint64_t{1} << 60}, kF32, 0)), "end outside the file");
  refused(one(tensor("m", {1}, kF32, 32)), "begins at byte 32");
  refused(one(tensor("m", {1}, kF32, ~std::uint64_t{0} - 31)), "begins at byte");
  const auto two = [](std::uint64_t offset) {
    return padded(header(2, 0) + tensor("a", {9}, kF32, 0) + tensor("b", {1}, kF32, offset)) +
           std::string(99, '\0');
  };
  EXPECT_EQ(error_of(two(64)), "no error");
  for (const std::uint64_t offset : {0, 32, 36, 63, 65, 96})
    refused(two(offset), "\"b\": begins at byte");
}

TEST(Gguf, AlignmentIsChecked) {
  const auto with = [](std::uint32_t alignment, std::size_t real) {
    return padded(
               header(1, 1) + u32_entry("general.alignment", alignment) + tensor("m", {1}, kF32, 0),
               real) +
           std::string(4, '\7');
  };
  for (const std::uint32_t alignment : {1u, 8u, 64u, 4096u}) {
    const std::string bytes = with(alignment, alignment);
    const auto file = GgufFile::parse(as_bytes(bytes));
    ASSERT_TRUE(file.ok()) << file.status().message();
    EXPECT_EQ(file->find("m")->bytes[0], 7);
  }
  refused(with(0, 1), "must be from 1");
  refused(with(24, 24), "power of two");
  refused(with(0x80000000, 1), "must be from 1");
  refused(header(1, 1) + text("general.alignment") + raw(kString) + text("32") +
              tensor("m", {1}, kF32, 0),
          "whole number");
}

TEST(Gguf, FlippedBitsNeverCrash) {
  QUIRE_NEEDS_GOLDEN("gguf/tiny-q8_0.gguf");
  const std::string good = slurp(golden_path("gguf/tiny-q8_0.gguf"));
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string flipped = good;
    const std::size_t bit = random() % (8 * 20'000);  // the header and the names
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto file = GgufFile::parse(as_bytes(flipped));
    if (!file.ok()) continue;
    for (const auto& name : file->names()) {
      const TensorView view = *file->find(name);
      EXPECT_EQ(view.bytes.size(), *byte_size(view.dtype, view.shape));
    }
  }
}

}  // namespace
}  // namespace quire
