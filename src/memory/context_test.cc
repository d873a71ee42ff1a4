#include "memory/context.h"
#include "base/bytes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "format/png.h"
#include "memory/context_json.h"
#include "memory/leaf.h"
#include "memory/test_memory.h"

namespace quire {
namespace {

// A token for every four bytes begun.
std::size_t count(std::string_view text) { return (text.size() + 3) / 4; }

// What the messages cost, counted from what is in them and nothing else.
std::size_t recount(const Context& context) {
  std::size_t tokens = 0;
  for (const ContextMessage& message : context.messages) {
    tokens += kMessageTokens;
    for (const ContextPart& part : message.parts) {
      if (part.png.empty()) {
        tokens += count(part.text);
        continue;
      }
      const auto picture = decode_png(as_bytes(part.png));
      EXPECT_TRUE(picture.ok());
      const int across = picture->image.width / 64;
      tokens += static_cast<std::size_t>(across * (across + 1) + 1);
    }
  }
  return tokens;
}

class ContextTest : public MemoryTest {
 protected:
  // A life of some days, all forms of memory in it.
  static void fill(Memory& memory, std::mt19937& random, int entries) {
    Seconds now = kStart;
    for (int i = 0; i < entries; ++i) {
      now += static_cast<Seconds>(random() % (6 * kHour));
      std::string text = "On day " + std::to_string(i);
      for (std::size_t n = random() % 40; n > 0; --n) text += " we sailed on";
      add(memory, text, now,
          {.role = i % 2 == 0 ? "user" : "assistant", .pinned = random() % 40 == 0});
    }
    ASSERT_TRUE(memory.tick(now + 10).ok());
  }
};

TEST_F(ContextTest, AThousandRandomStoresAndBudgetsAreNeverExceeded) {
  Memory memory = open();
  std::string pages[5];
  for (std::size_t tier = kSharpestPage; tier <= kLastTier; ++tier) {
    const int side = kTiers[tier].layout.side;
    pages[tier] = *encode_png(Image(side, side), PngEffort::kFast);
  }
  int with_pages = 0, with_text = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    auto undo = memory.store().begin();  // the store is empty again after each
    ASSERT_TRUE(undo.ok());
    Seconds now = kStart;
    for (std::size_t leaf = random() % 8; leaf > 0; --leaf) {
      Leaf row;
      const std::size_t tier = 1 + random() % kLastTier;
      const PageLayout& layout = kTiers[tier].layout;
      row.tier = tier_name(tier);
      row.letters = static_cast<std::int64_t>(2500 + random() % 1000);
      row.pages = {{layout.side, layout.columns, layout.rows_per_token, pages[tier]}};
      const auto id = memory.store().add_leaf(row);
      ASSERT_TRUE(id.ok());
      for (std::int64_t place = 0; place + 500 <= row.letters; place += 500) {
        Entry entry;
        entry.time = entry.recalled = now++;
        entry.leaf = *id;
        entry.place = place;
        entry.length = static_cast<std::int64_t>(random() % 500);
        if (random() % 2) entry.facts = {"fact " + std::to_string(random())};
        ASSERT_TRUE(memory.store().add(entry).ok());
      }
    }
    for (std::size_t n = random() % 30; n > 0; --n) {
      Entry entry;
      entry.time = entry.recalled = now++;
      entry.role = random() % 3 ? "user" : "Captain";
      entry.pinned = random() % 10 == 0;
      entry.text = std::string(random() % 600, 'a');
      ASSERT_TRUE(memory.store().add(entry).ok());
    }
    ContextOptions options;
    options.budget = 1 + random() % (random() % 2 ? 300 : 5000);
    options.facts = random() % 2;
    const auto context = build_context(memory, options, count);
    ASSERT_TRUE(context.ok()) << context.status().message();
    ASSERT_LE(context->tokens, options.budget);
    ASSERT_EQ(context->tokens, recount(*context));
    std::size_t billed = 0;
    for (const ContextBill& bill : context->entries) {
      billed += bill.tokens;
      with_pages += bill.tier != kTextTier;
      with_text += bill.tier == kTextTier;
    }
    ASSERT_LE(billed, context->tokens);
    const auto size = memory.store().size();
    ASSERT_EQ(context->entries.size() + context->left_out, static_cast<std::size_t>(size->entries));
  }
  EXPECT_GT(with_pages, 1000);
  EXPECT_GT(with_text, 1000);
}

TEST_F(ContextTest, AddingAnEntryLeavesThePagesAsTheyWere) {
  Memory memory = open();
  std::mt19937 random(2);
  fill(memory, random, 120);
  ASSERT_GT(memory.store().size()->leaves, 3);
  const ContextOptions options{.budget = 2000};
  const auto before = build_context(memory, options, count);
  ASSERT_TRUE(before.ok());
  ASSERT_FALSE(before->messages.front().parts.back().png.empty());
  add(memory, "And one more thing.", kStart + kMonth);
  const auto after = build_context(memory, options, count);
  ASSERT_TRUE(after.ok());
  ASSERT_EQ(after->messages.front().parts.size(), before->messages.front().parts.size());
  for (std::size_t i = 0; i < before->messages.front().parts.size(); ++i) {
    EXPECT_EQ(after->messages.front().parts[i].text, before->messages.front().parts[i].text);
    EXPECT_EQ(after->messages.front().parts[i].png, before->messages.front().parts[i].png);
  }
  EXPECT_EQ(after->messages.back().parts.front().text, "And one more thing.");
}

TEST_F(ContextTest, RecentTurnsAreTextAndOlderOnesPages) {
  Memory memory = open();
  std::mt19937 random(4);
  fill(memory, random, 100);
  const auto context = build_context(memory, {.budget = 100'000}, count);
  ASSERT_TRUE(context.ok());
  EXPECT_EQ(context->left_out, 0u);
  const auto newest = memory.store().text_entries();
  EXPECT_EQ(context->messages.size(), newest->size() + 1);
  EXPECT_EQ(context->messages.back().parts.front().text, *newest->back().text);
  EXPECT_EQ(context->messages.front().role, "user");
  EXPECT_GT(context->messages.front().parts.size(), 4u);
}

TEST_F(ContextTest, AsTextEverythingIsReadBack) {
  Memory memory = open();
  std::mt19937 random(4);
  fill(memory, random, 100);
  const auto context = build_context(memory, {.budget = 3000, .pictures = false}, count);
  ASSERT_TRUE(context.ok());
  EXPECT_LE(recount(*context), 3000u);
  bool read = false;
  for (const ContextMessage& message : context->messages) {
    for (const ContextPart& part : message.parts) {
      EXPECT_TRUE(part.png.empty());
      read |= part.text.starts_with("xxxx");
    }
  }
  EXPECT_TRUE(read) << "no page was read";
}

TEST_F(ContextTest, AQueryBringsItsPagesFirst) {
  Memory memory = open();
  add(memory, "The old number was 55512 and nobody wrote it down.", kStart);
  Seconds now = kStart + 9 * kDay;
  for (int i = 0; i < 100; ++i)
    add(memory, "Nothing of note happened at sea on this day.", now += kHour);
  ASSERT_TRUE(memory.tick(now + kHour).ok());
  const auto has = [&](const ContextOptions& options) {
    const auto context = build_context(memory, options, count);
    EXPECT_TRUE(context.ok());
    for (const ContextBill& bill : context->entries) {
      if (bill.id == 1) return true;
    }
    return false;
  };
  EXPECT_FALSE(has({.budget = 700}));
  EXPECT_TRUE(has({.budget = 700, .query = "55512"}));
}

TEST_F(ContextTest, MessagesAreWhatChatInterfacesTake) {
  Memory memory = open();
  add(memory, "old words", kStart, {.role = "user"});
  ASSERT_TRUE(memory.tick(kStart + 8 * kDay).ok());
  add(memory, "new words", kStart + 8 * kDay, {.role = "Ishmael"});
  const auto context = build_context(memory, {.budget = 5000}, count);
  ASSERT_TRUE(context.ok());
  const auto messages = messages_json(*context);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0]["content"][0]["type"], "text");
  EXPECT_EQ(messages[0]["content"][2]["type"], "image_url");
  EXPECT_TRUE(messages[0]["content"][2]["image_url"]["url"].get<std::string>().starts_with(
      "data:image/png;base64,iVBORw0KGgo"));
  EXPECT_EQ(messages[1]["role"], "user");
  EXPECT_EQ(messages[1]["content"], "Ishmael: new words");
}

TEST_F(ContextTest, AnEmptyMemoryGivesAnEmptyContext) {
  Memory memory = open();
  const auto context = build_context(memory, {.budget = 1}, count);
  ASSERT_TRUE(context.ok());
  EXPECT_TRUE(context->messages.empty());
  EXPECT_EQ(context->tokens, 0u);
}

}  // namespace
}  // namespace quire
