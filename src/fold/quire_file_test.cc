#include "fold/quire_file.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "fold/correction.h"
#include "fold/little_endian.h"
#include "fold/quire_layout.h"
#include "format/checksum.h"
#include "format/png.h"
#include "format/test_support.h"

namespace quire {
namespace {

QuirePlan a_plan() {
  QuirePlan plan;
  plan.program = "quire 0.1.0";
  plan.font = "DejaVu Sans Mono Book";
  plan.model = "0123abcd";
  plan.text_tokenizer = "official";
  plan.text_bytes = 31;
  plan.text_chars = 30;
  plan.text_tokens = 7;
  plan.unknown_chars = 1;
  plan.expected_accuracy = 0.97;
  plan.exact = true;
  return plan;
}

// Two small pages, the second with everything a page can have.
struct TwoPages {
  std::string picture = *encode_png(Image(64, 64));
  std::vector<std::uint8_t> values =
      *from_float(DType::kF16, std::vector<float>{0.5f, -2.0f, 3.0f});
  std::string correction = "any bytes";
  QuirePlan plan = a_plan();

  QuirePage page(std::uint32_t characters) const {
    QuirePage page;
    page.head = {"tiny", {.side = 64, .columns = 5, .rows_per_token = 3}, true, characters};
    page.picture = as_bytes(picture);
    return page;
  }

  std::string bytes() const {
    QuireEncoder encoder;
    std::string bytes = encoder.begin(plan) + encoder.page(page(15));
    QuirePage second = page(14);
    second.tokens = QuireTokens{DType::kF16, 1, 3, values};
    second.correction = as_bytes(correction);
    bytes += encoder.page(second);
    bytes += encoder.finish();
    EXPECT_EQ(encoder.bytes(), bytes.size());
    return bytes;
  }
};

// The error of a file as a whole, or of its pages; "" when there is none.
std::string error_of(std::string_view bytes) {
  const auto file = QuireFile::parse(as_bytes(bytes));
  if (!file) return file.status().message();
  std::string errors;
  for (const QuirePage& page : file->pages()) errors += page.damage.message();
  return errors;
}

void expect_error(std::string_view bytes, const std::string& part) {
  EXPECT_NE(error_of(bytes).find(part), std::string::npos) << error_of(bytes) << "\nlacks " << part;
}

std::string section(std::string_view tag, const std::string& payload, std::uint64_t length) {
  std::string bytes(tag);
  put<std::uint32_t>(bytes, crc32(as_bytes(payload)));
  put<std::uint64_t>(bytes, length);
  put<std::uint32_t>(bytes, crc32(as_bytes(bytes)));
  return bytes + payload;
}
std::string section(std::string_view tag, const std::string& payload) {
  return section(tag, payload, payload.size());
}

std::string header(std::uint32_t version = 1) {
  std::string bytes(kQuireMagic);
  put<std::uint32_t>(bytes, version);
  put<std::uint32_t>(bytes, crc32(as_bytes(bytes)));
  return bytes;
}

std::string end(std::size_t before, std::uint32_t pages) {
  std::string payload;
  put<std::uint64_t>(payload, before + kSectionHeadBytes + kEndBytes);
  put<std::uint32_t>(payload, pages);
  return section(kEndTag, payload);
}

constexpr const char* kPlanJson =
    R"({"program":"p","font":"f","model":"m","text_tokenizer":"model",)"
    R"("text_bytes":1,"text_chars":1,"text_tokens":1,"unknown_chars":0})";

std::string page_payload(std::uint32_t number, std::string mode, std::uint16_t side,
                         std::uint16_t columns, std::uint16_t rows, std::uint16_t flags,
                         std::uint32_t characters) {
  std::string bytes;
  put(bytes, number);
  mode.resize(kModeBytes, '\0');
  bytes += mode;
  for (const std::uint16_t value : {side, columns, rows, flags}) put(bytes, value);
  put(bytes, characters);
  return bytes + "picture";
}

// A file of one plan, one page, and what else it is given.
std::string file_with(const std::string& plan, const std::string& page, const std::string& extra) {
  const std::string bytes = header() + section(kPlanTag, plan) + section(kPageTag, page) + extra;
  return bytes + end(bytes.size(), 1);
}
std::string file_with_page(const std::string& page, const std::string& extra = "") {
  return file_with(kPlanJson, page, extra);
}
std::string good_page() { return page_payload(0, "tiny", 64, 5, 3, 1, 15); }

TEST(QuireFile, WhatIsWrittenIsRead) {
  const TwoPages two;
  const std::string bytes = two.bytes();
  const auto file = QuireFile::parse(as_bytes(bytes));
  ASSERT_TRUE(file.ok()) << file.status().message();
  const QuirePlan &plan = file->plan(), wanted = a_plan();
  EXPECT_EQ(plan.program, wanted.program);
  EXPECT_EQ(plan.font, wanted.font);
  EXPECT_EQ(plan.model, wanted.model);
  EXPECT_EQ(plan.text_tokenizer, wanted.text_tokenizer);
  EXPECT_EQ(plan.text_bytes, wanted.text_bytes);
  EXPECT_EQ(plan.text_chars, wanted.text_chars);
  EXPECT_EQ(plan.text_tokens, wanted.text_tokens);
  EXPECT_EQ(plan.unknown_chars, wanted.unknown_chars);
  EXPECT_EQ(plan.expected_accuracy, wanted.expected_accuracy);
  EXPECT_TRUE(plan.exact);
  EXPECT_EQ(file->size(), bytes.size());

  ASSERT_EQ(file->pages().size(), 2u);
  for (const QuirePage& page : file->pages()) {
    EXPECT_TRUE(page.damage.ok());
    EXPECT_EQ(page.head.mode, "tiny");
    EXPECT_EQ(page.head.layout.side, 64);
    EXPECT_EQ(page.head.layout.columns, 5);
    EXPECT_EQ(page.head.layout.rows_per_token, 3);
    EXPECT_TRUE(page.head.fixed_pitch);
    EXPECT_EQ(as_text(page.picture), two.picture);
  }
  const QuirePage &first = file->pages()[0], second = file->pages()[1];
  EXPECT_EQ(first.head.characters, 15u);
  EXPECT_FALSE(first.tokens.has_value());
  EXPECT_FALSE(first.correction.has_value());
  EXPECT_EQ(second.head.characters, 14u);
  ASSERT_TRUE(second.tokens.has_value());
  EXPECT_EQ(second.tokens->tensor().shape, (Shape{1, 3}));
  EXPECT_EQ(second.tokens->tensor().values, (Values{0.5f, -2.0f, 3.0f}));
  ASSERT_TRUE(second.correction.has_value());
  EXPECT_EQ(as_text(*second.correction), "any bytes");
}

// The bytes that docs/quire-format.md prints, which another program wrote.
std::string documented_example() {
  std::string bytes;
  bool inside = false;
  std::istringstream page(slurp(QUIRE_SOURCE_DIR "/docs/quire-format.md"));
  for (std::string line; std::getline(page, line);) {
    if (line == "```hex") {
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      std::istringstream numbers(line.substr(6, 48));  // behind the offset, before the letters
      for (int value = 0; numbers >> std::hex >> value;) bytes += static_cast<char>(value);
    }
  }
  return bytes;
}

TEST(QuireFile, TheDocumentedExampleIsOne) {
  const std::string bytes = documented_example();
  ASSERT_EQ(bytes.size(), 463u);
  const auto file = QuireFile::parse(as_bytes(bytes));
  ASSERT_TRUE(file.ok()) << file.status().message();
  ASSERT_EQ(file->pages().size(), 1u);
  const QuirePage& page = file->pages().front();
  ASSERT_TRUE(page.damage.ok()) << page.damage.message();
  const auto text = apply_correction("ct", *page.correction);
  ASSERT_TRUE(text.ok()) << text.status().message();
  EXPECT_EQ(*text, "cat");
  const auto picture = decode_png(page.picture);
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(picture->image.width, 64);

  QuireEncoder encoder;
  std::string again = encoder.begin(file->plan());
  again += encoder.page(page);
  again += encoder.finish();
  EXPECT_EQ(again, bytes);
}

TEST(QuireFile, TruncatedAtEveryLength) {
  const std::string bytes = TwoPages().bytes();
  ASSERT_EQ(error_of(bytes), "");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(QuireFile::parse(as_bytes(bytes.substr(0, size))).ok()) << size;
  }
  expect_error(bytes.substr(0, 5), "cut short");
  expect_error(bytes.substr(0, 16), "cut short");
  expect_error(bytes.substr(0, bytes.size() - 1), "cut short");
  expect_error(bytes + "x", "1 bytes follow the end");
}

TEST(QuireFile, EveryFlippedBitIsNoticed) {
  const std::string bytes = TwoPages().bytes();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(error_of(flipped), "") << "byte " << bit / 8 << ", bit " << bit % 8;
  }
}

TEST(QuireFile, DamageInOnePageLeavesTheOther) {
  const TwoPages two;
  std::string bytes = two.bytes();
  bytes[bytes.find(two.picture) + 20] ^= 4;
  const auto file = QuireFile::parse(as_bytes(bytes));
  ASSERT_TRUE(file.ok());
  EXPECT_NE(file->pages()[0].damage.message().find("the checksum of page 1 at byte"),
            std::string::npos);
  EXPECT_TRUE(file->pages()[1].damage.ok());
}

TEST(QuireFile, RandomDamageIsNeverTaken) {
  const std::string bytes = TwoPages().bytes();
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    for (std::size_t n = 1 + random() % 4; n > 0; --n) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    if (damaged == bytes) continue;
    EXPECT_NE(error_of(damaged), "") << "round " << round;
  }
}

TEST(QuireFile, SomethingElse) {
  expect_error("", "empty, not a .quire");
  expect_error("Call me Ishmael.", "not a .quire file");
  expect_error("\x89PNG\r\n\x1a\n", "not a .quire file");
  expect_error(std::string(1000, '\0'), "not a .quire file");
  // As a transfer that "repairs" line ends would leave it.
  expect_error("\x89QUIRE\n\1\0\0\0", "not a .quire file");
}

TEST(QuireFile, AnotherVersionIsRefusedInASentence) {
  for (const std::uint32_t version : {0u, 2u, 0xFFFFFFFFu}) {
    expect_error(
        header(version) + "whatever version 2 may hold",
        "a .quire of version " + std::to_string(version) + "; this program reads version 1");
  }
}

TEST(QuireFile, HugeNumbers) {
  for (const std::uint64_t length :
       {std::uint64_t{1} << 31, std::uint64_t{1} << 60, ~std::uint64_t{0}}) {
    expect_error(header() + section(kPlanTag, kPlanJson, length), "cut short");
  }
  const std::string bytes =
      header() + section(kPlanTag, kPlanJson) + section(kPageTag, good_page());
  expect_error(bytes + end(bytes.size(), 0xFFFFFFFF), "holds 1 pages and says 4294967295");
  expect_error(bytes + end(~std::size_t{0} - 100, 1), "the file says it has");
  expect_error(file_with_page(page_payload(0, "tiny", 64, 5, 3, 1, 0xFFFFFFFF)), "holds 1 to 15");
  expect_error(file_with_page(page_payload(0, "tiny", 65472, 5, 3, 1, 15)), "a side of 65472");

  std::string tokens;
  for (const std::uint32_t value : {0xFFFFFFFFu, 0xFFFFFFFFu, kTokensF16}) put(tokens, value);
  expect_error(file_with_page(good_page(), section(kTokensTag, tokens)),
               "4294967295 cached tokens");
  tokens.clear();
  for (const std::uint32_t value : {1u, 0xFFFFFFFFu, kTokensF16}) put(tokens, value);
  expect_error(file_with_page(good_page(), section(kTokensTag, tokens)), "do not take");
}

TEST(QuireFile, PagesThatMakeNoSense) {
  EXPECT_EQ(error_of(file_with_page(good_page())), "");
  expect_error(file_with_page("short"), "holds no picture");
  expect_error(file_with_page(good_page().substr(0, kPageHeadBytes)), "holds no picture");
  expect_error(file_with_page(page_payload(7, "tiny", 64, 5, 3, 1, 15)), "says it is page 8");
  expect_error(file_with_page(page_payload(0, "", 64, 5, 3, 1, 15)), "name of its mode");
  expect_error(file_with_page(page_payload(0, "Tiny", 64, 5, 3, 1, 15)), "name of its mode");
  expect_error(file_with_page(page_payload(0, std::string("a\0b", 3), 64, 5, 3, 1, 15)),
               "name of its");
  expect_error(file_with_page(page_payload(0, "tiny", 0, 5, 3, 1, 15)), "a side of 0");
  expect_error(file_with_page(page_payload(0, "tiny", 100, 5, 3, 1, 15)), "a side of 100");
  expect_error(file_with_page(page_payload(0, "tiny", 64, 0, 3, 1, 15)), "no such layout");
  expect_error(file_with_page(page_payload(0, "tiny", 64, 5, 0, 1, 15)), "no such layout");
  expect_error(file_with_page(page_payload(0, "tiny", 64, 5, 13, 1, 15)), "no such layout");
  expect_error(file_with_page(page_payload(0, "tiny", 64, 5, 3, 3, 15)), "flags");
  expect_error(file_with_page(page_payload(0, "tiny", 64, 5, 3, 1, 0)), "0 characters");
  expect_error(file_with_page(page_payload(0, "tiny", 64, 5, 3, 1, 16)), "16 characters");
  EXPECT_EQ(error_of(file_with_page(page_payload(0, "gundam-m", 64, 5, 3, 0, 60))), "");
}

TEST(QuireFile, SectionsOutOfPlace) {
  const std::string plan = section(kPlanTag, kPlanJson), page = section(kPageTag, good_page());
  const auto wrap = [](const std::string& sections, std::uint32_t pages) {
    return header() + sections + end(kHeaderBytes + sections.size(), pages);
  };
  EXPECT_EQ(error_of(wrap(plan + page, 1)), "");
  expect_error(wrap(page, 1), "where the plan should be");
  expect_error(wrap(plan + plan + page, 1), "where a page or the end should be");
  expect_error(wrap(plan, 0), "holds no pages");
  expect_error(wrap(plan + page + page, 2), "says it is page 1");
  expect_error(wrap(plan + section(kCorrectionTag, "x") + page, 1), "belongs to no page");
  const std::string correction = section(kCorrectionTag, "x");
  expect_error(wrap(plan + page + correction + correction, 1), "belongs to no page");
  expect_error(wrap(plan + page + section("NEW!", "x"), 1),
               "'NEW!', which version 1 does not have");
  expect_error(wrap(plan + page + section("\1\xFF\n ", "x"), 1), "'??? '");
  expect_error(header() + plan + page + section(kEndTag, "123"), "wrong size");
}

TEST(QuireFile, PlansThatMakeNoSense) {
  const auto with_plan = [](const std::string& json) { return file_with(json, good_page(), ""); };
  expect_error(with_plan(""), "plan at byte 16");
  expect_error(with_plan("[]"), "must be a JSON object");
  expect_error(with_plan("{}"), "program");
  expect_error(with_plan("\xff\xfe"), "plan at byte 16");
  std::string json = kPlanJson;
  expect_error(with_plan(json.substr(0, json.size() - 1)), "plan at byte 16");
  json.replace(json.find(":1"), 2, ":-1");
  expect_error(with_plan(json), "text_bytes");
  json = kPlanJson;
  json.insert(json.size() - 1, R"(,"expected_accuracy":1.5)");
  expect_error(with_plan(json), "between 0 and 1");
  json = kPlanJson;
  json.insert(json.size() - 1, R"(,"a_key_of_tomorrow":[1,{}])");
  EXPECT_EQ(error_of(with_plan(json)), "");
  expect_error(with_plan(std::string(kMaxPlanBytes + 1, ' ')), "more than a million bytes");
}

class QuireFileOnDisk : public FolderTest {};

TEST_F(QuireFileOnDisk, ErrorsNameTheFile) {
  write("good.quire", TwoPages().bytes());
  const auto file = QuireFile::open(path("good.quire"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->pages().size(), 2u);

  write("bad.quire", "not one");
  for (const std::string name : {"bad.quire", "missing.quire", "."}) {
    const auto bad = QuireFile::open(path(name));
    ASSERT_FALSE(bad.ok());
    EXPECT_NE(bad.status().message().find(path(name)), std::string::npos) << bad.status().message();
  }
}

}  // namespace
}  // namespace quire
