#include "batch/journal.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "format/test_support.h"

namespace quire {
namespace {

using Durable = JournalWriter::Durable;

class JournalTest : public FolderTest {
 protected:
  // The "n" of all records that are read.
  std::vector<int> read(JournalReading* reading = nullptr, std::uint64_t offset = 0) const {
    std::vector<int> numbers;
    const auto done =
        read_journal(path("j"), offset, [&](const Json& record, const JournalSpan& where) {
          numbers.push_back(record["n"].get<int>());
          const auto again = read_journal_record(path("j"), where);
          ASSERT_TRUE(again) << again.status().message();
          EXPECT_EQ(*again, record);
        });
    EXPECT_TRUE(done) << done.status().message();
    if (reading != nullptr) *reading = *done;
    return numbers;
  }

  // Without waiting for the disk, which would take most of the test.
  void put(std::string_view bytes) const { std::ofstream(path("j"), std::ios::binary) << bytes; }

  void write_records(int count) const {
    auto writer = JournalWriter::create(path("j"));
    ASSERT_TRUE(writer);
    for (int n = 0; n < count; ++n) {
      ASSERT_TRUE(writer->append({{"n", n}, {"text", "caf\u00e9\n\"\\"}}, Durable::kNo).ok());
    }
  }
};

// The CRC is that of zlib and PNG; this line was made with Python's zlib.crc32.
TEST_F(JournalTest, LinesAreAsDescribed) {
  const std::string line = journal_line({{"kind", "begin"}, {"page", 1}});
  EXPECT_EQ(line, "{\"kind\":\"begin\",\"page\":1,\"crc\":\"f855fff4\"}\n");
}

TEST_F(JournalTest, WhatIsWrittenIsReadAlsoInParts) {
  write_records(3);
  JournalReading first;
  EXPECT_EQ(read(&first), (std::vector<int>{0, 1, 2}));
  EXPECT_FALSE(first.torn);
  EXPECT_FALSE(JournalWriter::create(path("j"))) << "nobody writes into another's journal";
  const std::string more = slurp(path("j")) + journal_line({{"n", 3}});
  put(more);
  JournalReading second;
  EXPECT_EQ(read(&second, first.end), std::vector<int>{3});
  EXPECT_EQ(second.end, more.size());
}

TEST_F(JournalTest, AFileCutAnywhereGivesTheWholeRecordsBeforeTheCut) {
  write_records(3);
  const std::string all = slurp(path("j"));
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    put(all.substr(0, cut));
    JournalReading reading;
    const std::size_t whole = static_cast<std::size_t>(
        std::count(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(cut), '\n'));
    EXPECT_EQ(read(&reading).size(), whole) << cut;
    EXPECT_EQ(reading.torn, cut > 0 && all[cut - 1] != '\n') << cut;
    EXPECT_TRUE(reading.damages.empty()) << "a torn end is no damage: " << cut;
  }
}

TEST_F(JournalTest, AnyFlippedBitIsDamageAndCostsOnlyItsLine) {
  write_records(3);
  const std::string all = slurp(path("j"));
  const std::size_t line = all.find('\n');
  for (std::size_t bit = 0; bit < 8 * line; ++bit) {
    std::string damaged = all;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    if (damaged[bit / 8] == '\n') continue;  // two damaged lines, the rest of the test counts one
    put(damaged);
    JournalReading reading;
    EXPECT_EQ(read(&reading), (std::vector<int>{1, 2})) << bit;
    ASSERT_EQ(reading.damages.size(), 1u) << bit;
    EXPECT_NE(reading.damages[0].find("byte 0"), std::string::npos) << reading.damages[0];
  }
}

TEST_F(JournalTest, AnythingElseIsNamedAndNothingBreaks) {
  const std::string good = journal_line({{"n", 7}});
  for (const std::string& bad :
       {std::string("\n"), std::string(100, '\0') + "\n", std::string("\xff\xfe{}\n"),
        std::string("{\"n\":1}\n"), std::string(",\"crc\":\"00000000\"}\n"),
        journal_line({{"n", 1}}).substr(1), std::string(100'000, '[') + "\n"}) {
    put(bad + good);
    JournalReading reading;
    EXPECT_EQ(read(&reading), std::vector<int>{7});
    EXPECT_EQ(reading.damages.size(), 1u);
  }
  // A line without an end that would fill the memory.
  put(std::string(kMaxJournalLine + 1000, 'x') + "\n" + good);
  JournalReading reading;
  EXPECT_EQ(read(&reading), std::vector<int>{7});
  EXPECT_EQ(reading.damages.size(), 1u);
  EXPECT_FALSE(read_journal(path("none"), 0, [](const Json&, const JournalSpan&) {}));
}

}  // namespace
}  // namespace quire
