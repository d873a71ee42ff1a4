#include "memory/exchange.h"

#include <gtest/gtest.h>

#include "memory/test_memory.h"

namespace quire {
namespace {

class ExchangeTest : public MemoryTest {
 protected:
  static std::string exported(const Store& store) {
    std::string lines;
    EXPECT_TRUE(export_memory(store, [&](std::string_view line) {
                  lines += line;
                  return Status();
                }).ok());
    return lines;
  }
  // A leaf with two entries, and one that is still text.
  std::string example() {
    Memory memory = open("example");
    add(memory, "first of all QX-1", kStart, {.role = "user", .topic = "ship", .archive = true});
    add(memory, "then the second", kStart + 1);
    EXPECT_TRUE(memory.tick(kStart + 8 * kDay).ok());
    add(memory, "still text", kStart + 8 * kDay, {.importance = 0.5, .pinned = true});
    return exported(memory.store());
  }
};

TEST_F(ExchangeTest, WhatGoesOutComesBack) {
  const std::string lines = example();
  Memory copy = open("copy");
  const auto added = import_memory(lines, copy.store());
  ASSERT_TRUE(added.ok()) << added.status().message();
  EXPECT_EQ(*added, 3u);
  EXPECT_EQ(exported(copy.store()), lines);
  EXPECT_TRUE(copy.store().check().ok());
  // Into a memory that has something already: new ids, nothing lost.
  ASSERT_TRUE(import_memory(lines, copy.store()).ok());
  EXPECT_EQ(copy.store().size()->entries, 6);
  EXPECT_EQ(copy.store().size()->leaves, 2);
}

TEST_F(ExchangeTest, BadLinesAreNamedAndChangeNothing) {
  const std::string head = "{\"kind\": \"memory\", \"version\": 1}\n";
  const std::string good = "{\"kind\": \"entry\", \"time\": 5, \"text\": \"hello\"}\n";
  Memory memory = open();
  const std::string bad[] = {
      "",
      "nonsense",
      good,
      "{\"kind\": \"memory\", \"version\": 2}\n",
      head + good + "{\"kind\": \"entry\"}\n",
      head + good + "{\"kind\": \"entry\", \"time\": \"5\", \"text\": \"x\"}\n",
      head + good +
          "{\"kind\": \"entry\", \"time\": 5, \"leaf\": 7, \"place\": 0, \"length\": 1}\n",
      head + good + "{\"kind\": \"entry\", \"time\": 5, \"text\": \"x\", \"importance\": 9}\n",
      head + good + "{\"kind\": \"entry\", \"time\": 5, \"text\": \"x\", \"facts\": [1]}\n",
      head + good + "{\"kind\": \"leaf\", \"id\": 1, \"tier\": \"huge\", \"letters\": 1}\n",
      head + good +
          "{\"kind\": \"leaf\", \"id\": 1, \"tier\": \"base\", \"letters\": 1, \"pages\": []}\n",
      head + good +
          "{\"kind\": \"leaf\", \"id\": 1, \"tier\": \"base\", \"letters\": 1, \"pages\": "
          "[{\"side\": "
          "1024, \"columns\": 128, \"rows_per_token\": 3, \"picture\": \"AAAA\"}]}\n",
      head + good + "{\"kind\": \"dream\"}\n",
      head + good + "[[[[[\n",
      head + good + "\xff\xfe\n",
      std::string(1000, '[')};
  for (const std::string& lines : bad) {
    const auto added = import_memory(lines, memory.store());
    EXPECT_FALSE(added.ok()) << lines;
    EXPECT_EQ(memory.store().size()->entries, 0) << lines;
  }
  const auto third = import_memory(head + good + "{\"kind\": \"dream\"}\n", memory.store());
  EXPECT_NE(third.status().message().find("line 3"), std::string::npos) << third.status().message();
}

TEST_F(ExchangeTest, ATruncatedExportIsRefusedOrShort) {
  const std::string lines = example();
  Memory memory = open();
  for (std::size_t length = 0; length + 1 < lines.size(); length += 97) {
    const auto added = import_memory(lines.substr(0, length), memory.store());
    if (added) {
      EXPECT_LT(*added, 3u);
    }
  }
  EXPECT_TRUE(memory.store().check().ok());
}

}  // namespace
}  // namespace quire
