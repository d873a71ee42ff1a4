#include "fold/correction.h"
#include "base/bytes.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "fold/diff.h"
#include "fold/little_endian.h"
#include "format/checksum.h"

namespace quire {
namespace {

// The slow twin: what the edits do, and how many bytes they touch.
std::string applied(const std::string& from, const std::string& to, std::size_t& touched) {
  std::string text;
  std::size_t at = 0, next = 0;
  touched = 0;
  for (const Edit& edit : diff(from, to)) {
    text += from.substr(at, edit.copy);
    next += edit.copy;
    at += edit.copy + edit.drop;
    text += to.substr(next, edit.insert);
    next += edit.insert;
    touched += edit.drop + edit.insert;
  }
  return text + from.substr(at);
}

// Fewest bytes dropped and inserted, by the textbook table.
std::size_t fewest(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = a[i - 1] == b[j - 1] ? diagonal : std::min(above, row[j - 1]) + 1;
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string random_text(std::mt19937& random, std::size_t most, int letters) {
  std::string text(random() % (most + 1), ' ');
  for (char& c : text) c = static_cast<char>('a' + random() % static_cast<unsigned>(letters));
  return text;
}

TEST(Diff, IsRightAndTheFewest) {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    const int letters = 1 + static_cast<int>(random() % 4);
    const std::string from = random_text(random, 20, letters),
                      to = random_text(random, 20, letters);
    std::size_t touched = 0;
    ASSERT_EQ(applied(from, to, touched), to) << from << " -> " << to;
    EXPECT_EQ(touched, fewest(from, to)) << from << " -> " << to;
  }
}

TEST(Diff, FarApartStaysRightAndBounded) {
  std::mt19937 random(3);
  for (const auto& [a, b] :
       {std::pair(5000, 5000), std::pair(0, 5000), std::pair(5000, 0), std::pair(1, 3000)}) {
    const std::string from = random_text(random, static_cast<std::size_t>(a), 26);
    const std::string to = random_text(random, static_cast<std::size_t>(b), 26);
    std::size_t touched = 0;
    EXPECT_EQ(applied(from, to, touched), to);
    EXPECT_LE(touched, from.size() + to.size());
  }
}

void expect_exact(const std::string& reading, const std::string& text) {
  const std::string correction = make_correction(reading, text);
  const auto corrected = apply_correction(reading, as_bytes(correction));
  ASSERT_TRUE(corrected.ok()) << corrected.status().message();
  EXPECT_EQ(*corrected, text);
}

TEST(Correction, GivesTheTextByteForByte) {
  expect_exact("", "");
  expect_exact("", "something");
  expect_exact("something", "");
  expect_exact("the same", "the same");
  expect_exact("Call me lshmae1.", "Call me Ishmael.");
  expect_exact("tabs    here\n", "tabs\there\r\n");
  expect_exact("caf\xC3\xA8", "caf\xC3\xA9\0\x01\xFF");
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    const std::string text = random_text(random, 2000, 26);
    std::string reading = text;
    for (std::size_t n = random() % 40; n > 0 && !reading.empty(); --n) {
      const std::size_t at = random() % reading.size();
      if (random() % 3 == 0)
        reading.erase(at, random() % 5);
      else if (random() % 2 == 0)
        reading.insert(at, "xyz", random() % 3);
      else
        reading[at] = '?';
    }
    expect_exact(reading, text);
  }
}

TEST(Correction, OfAGoodReadingIsSmall) {
  std::string text, reading;
  for (int i = 0; i < 1300; ++i) text += static_cast<char>('a' + (i * i + i / 7) % 26);
  reading = text;
  for (std::size_t i = 20; i < reading.size(); i += 33) reading[i] = '#';  // 3% wrong
  EXPECT_LT(make_correction(text, text).size(), 30u);
  EXPECT_LT(make_correction(reading, text).size(), text.size() / 5);
}

TEST(Correction, FitsNoOtherReading) {
  const std::string correction = make_correction("reading", "text");
  const auto wrong = apply_correction("another reading", as_bytes(correction));
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.status().message().find("read differently"), std::string::npos);
}

TEST(Correction, SurvivesAnyDamage) {
  const std::string reading = "a reading of some length, with errors",
                    text = "a text of some length";
  const std::string correction = make_correction(reading, text);
  for (std::size_t size = 0; size < correction.size(); ++size) {
    EXPECT_FALSE(apply_correction(reading, as_bytes(correction.substr(0, size))).ok()) << size;
  }
  for (std::size_t bit = 0; bit < correction.size() * 8; ++bit) {
    std::string flipped = correction;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto result = apply_correction(reading, as_bytes(flipped));
    // Some bits of a zlib header carry nothing; none may change the text.
    if (result) {
      EXPECT_EQ(*result, text) << bit;
    }
  }
}

std::string forged(const std::string& reading, const std::string& text, const std::string& script,
                   std::uint32_t script_size) {
  std::string bytes;
  put(bytes, crc32(as_bytes(reading)));
  put(bytes, crc32(as_bytes(text)));
  put(bytes, static_cast<std::uint32_t>(text.size()));
  put(bytes, script_size);
  std::string packed(::compressBound(script.size()), '\0');
  uLongf size = packed.size();
  ::compress(reinterpret_cast<Bytef*>(packed.data()), &size,
             reinterpret_cast<const Bytef*>(script.data()), script.size());
  return bytes + packed.substr(0, size);
}

TEST(Correction, HostileScripts) {
  const auto refused = [](const std::string& script, std::uint32_t claimed) {
    const std::string bytes = forged("reading", "text", script, claimed);
    return !apply_correction("reading", as_bytes(bytes)).ok();
  };
  const auto refused_whole = [&](const std::string& script) {
    return refused(script, static_cast<std::uint32_t>(script.size()));
  };
  EXPECT_TRUE(refused_whole("\x7F"));                        // ends inside an edit
  EXPECT_TRUE(refused_whole(std::string("\x08\0\0", 3)));    // copies more than there is
  EXPECT_TRUE(refused_whole(std::string("\x01\x07\0", 3)));  // drops more than there is
  EXPECT_TRUE(
      refused_whole(std::string("\0\0\x05"
                                "abc",
                                6)));                   // inserts more than it brings
  EXPECT_TRUE(refused_whole(std::string(20, '\xFF')));  // a number without end
  EXPECT_TRUE(refused_whole("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F" + std::string("\1\0", 2)));
  EXPECT_TRUE(refused("", 0xFFFFFFFF));  // a bomb's size
  EXPECT_TRUE(refused("abc", 4));
  EXPECT_TRUE(refused("abc", 2));
  EXPECT_TRUE(refused(std::string(30'000'000, '\0'), 30'000'000));  // a bomb
}

}  // namespace
}  // namespace quire
