#include "memory/memory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <random>

#include "memory/leaf.h"
#include "memory/test_memory.h"

namespace quire {
namespace {

std::string sentence(int n) {
  return "Entry number " + std::to_string(n) +
         " tells at some length of the sea, the weather and what was eaten; ref R-" +
         std::to_string(1000 + n) + ".";
}

TEST_F(MemoryTest, AnEntryGoesDownTheLadder) {
  Memory memory = open();
  const auto id = add(memory, sentence(1), kStart);
  // Alone it never fills a leaf, and waits for a week to be joined.
  const std::pair<Seconds, const char*> expected[] = {
      {kMinute, "text"},    {2 * kDay, "text"}, {kWeek + kHour, "text"}, {8 * kDay, "small"},
      {29 * kDay, "small"}, {kMonth, "tiny"},   {364 * kDay, "tiny"},    {365 * kDay, ""}};
  for (const auto& [age, name] : expected) {
    ASSERT_TRUE(memory.tick(kStart + age).ok());
    EXPECT_EQ(tier(memory, id), name) << age;
  }
  EXPECT_EQ(memory.store().size()->pages, 0);
}

TEST_F(MemoryTest, AFullLeafIsSetAfterAnHourAndItsPagesShrink) {
  Memory memory = open();
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(add(memory, sentence(i), kStart + i));
  ASSERT_TRUE(memory.tick(kStart + kHour + 60).ok());
  EXPECT_EQ(tier(memory, ids.front()), "large");
  EXPECT_EQ(tier(memory, ids.back()), "text") << "waits for a leaf of its own";
  const auto leaf = *memory.store().entry(ids.front())->leaf;
  for (const auto& [age, side] : {std::pair(kHour, 1280), std::pair(2 * kDay, 1024),
                                  std::pair(8 * kDay, 640), std::pair(2 * kMonth, 512)}) {
    ASSERT_TRUE(memory.tick(kStart + age + 60).ok());
    const auto pages = memory.store().leaf(leaf)->pages;
    ASSERT_EQ(pages.size(), 1u);
    EXPECT_EQ(pages.front().side, side);
  }
}

// The same entries in the same places on the same pages.
void expect_same(Memory& one, Memory& other) {
  const auto a = *one.store().entries(), b = *other.store().entries();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].id, b[i].id);
    ASSERT_EQ(a[i].leaf.has_value(), b[i].leaf.has_value()) << i;
    ASSERT_EQ(a[i].place, b[i].place) << i;
    ASSERT_EQ(a[i].strength, b[i].strength) << i;
    ASSERT_EQ(a[i].recalled, b[i].recalled) << i;
    if (!a[i].leaf) continue;
    const auto leaf = *one.store().leaf(*a[i].leaf), same = *other.store().leaf(*b[i].leaf);
    ASSERT_EQ(leaf.tier, same.tier) << i;
    ASSERT_EQ(leaf.pages.front().picture, same.pages.front().picture) << i;
  }
}

TEST_F(MemoryTest, HowOftenTheClockTicksMakesNoDifference) {
  Memory often = open("often"), once = open("once");
  std::mt19937 random(5);
  Seconds now = kStart;
  for (int i = 0; i < 160; ++i) {
    now += static_cast<Seconds>(random() % (i % 25 == 0 ? 12 * kDay : 9 * kHour));
    add(often, sentence(i), now);
    add(once, sentence(i), now);
    ASSERT_TRUE(often.tick(now).ok());
  }
  now += kHour;
  ASSERT_TRUE(often.tick(now).ok());
  ASSERT_TRUE(once.tick(now).ok());
  expect_same(often, once);
  const auto again = once.tick(now);
  EXPECT_EQ(again->set + again->aged + again->forgotten, 0u);
}

TEST_F(MemoryTest, NorDoesItOnTheCurveWhereEntriesAgeAtTheirOwnPace) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    const std::string name = std::to_string(seed);
    Memory often = open("often" + name, "curve"), seldom = open("seldom" + name, "curve");
    std::mt19937 random(seed);
    Seconds now = kStart;
    std::size_t recalled = 0;
    for (int i = 0; i < 150; ++i) {
      now += static_cast<Seconds>(random() % (i % 20 == 0 ? 150 * kDay : 9 * kHour));
      NewEntry entry;
      entry.importance = static_cast<double>(random() % 5) / 4;
      entry.archive = random() % 8 == 0;
      add(often, sentence(i), now, entry);
      add(seldom, sentence(i), now, entry);
      ASSERT_TRUE(often.tick(now).ok());
      if (i % 7 != 3) continue;
      now += static_cast<Seconds>(random() % kDay);
      const std::string query = "R-" + std::to_string(1000 + random() % (i + 1));
      const auto a = often.recall(query, now, 2), b = seldom.recall(query, now, 2);
      ASSERT_TRUE(a.ok() && b.ok());
      ASSERT_EQ(a->size(), b->size());
      for (std::size_t k = 0; k < a->size(); ++k) ASSERT_EQ((*a)[k].entry.id, (*b)[k].entry.id);
      recalled += a->size();
    }
    EXPECT_GT(recalled, 10u);
    ASSERT_TRUE(often.tick(now).ok());
    ASSERT_TRUE(seldom.tick(now).ok());
    expect_same(often, seldom);
    EXPECT_GT(often.store().size()->leaves, 1);
    // In the end by way of half a year, and at once.
    now += 4 * 365 * kDay;
    ASSERT_TRUE(often.tick(now - 3 * 365 * kDay - 180 * kDay).ok());
    ASSERT_TRUE(often.tick(now).ok());
    ASSERT_TRUE(seldom.tick(now).ok());
    expect_same(often, seldom);
    EXPECT_LT(often.store().size()->entries, 150) << "nothing was forgotten";
  }
}

TEST_F(MemoryTest, ARecallDoesNotSaveWhatIsForgottenByThen) {
  Memory memory = open("a", "curve");
  add(memory, "the number of the gate is 7719-B", kStart);
  EXPECT_TRUE(memory.recall("7719-B", kStart + 365 * kDay, 3)->empty());
}

TEST_F(MemoryTest, WhatHasBecomeAPictureIsInNoFileAsText) {
  Memory memory = open();
  const auto secret = add(memory, "The vault opens to the word rhododendron only.", kStart);
  add(memory, "This one is pinned: chrysanthemum.", kStart, {.pinned = true});
  ASSERT_NE(bytes().find("rhododendron"), std::string::npos);
  ASSERT_TRUE(memory.tick(kStart + 8 * kDay).ok());
  EXPECT_EQ(tier(memory, secret), "small");
  EXPECT_EQ(bytes().find("rhododendron"), std::string::npos);
  EXPECT_NE(bytes().find("chrysanthemum"), std::string::npos);
}

TEST_F(MemoryTest, TheSharperPictureIsGoneToo) {
  Memory memory = open();
  const auto id = add(memory, sentence(1), kStart);
  ASSERT_TRUE(memory.tick(kStart + 8 * kDay).ok());
  const std::string sharp = memory.store().leaf(*memory.store().entry(id)->leaf)->pages[0].picture;
  // The compressed rows of pixels, without the head that all pages share.
  const std::string ink = sharp.substr(sharp.size() / 2, 64);
  ASSERT_NE(bytes().find(ink), std::string::npos);
  ASSERT_TRUE(memory.tick(kStart + 2 * kMonth).ok());
  EXPECT_EQ(bytes().find(ink), std::string::npos);
}

TEST_F(MemoryTest, ExactStringsStayAndAreFound) {
  Memory memory = open();
  const auto id = add(memory, "the plumber came and left invoice QX-4821 on the table", kStart);
  ASSERT_TRUE(memory.tick(kStart + 2 * kMonth).ok());
  const auto found = memory.recall("invoice QX-4821", kStart + 2 * kMonth, 3);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().entry.id, id);
  EXPECT_EQ(found->front().entry.facts, std::vector<std::string>{"came and left invoice QX-4821"});
  EXPECT_EQ(found->front().text, std::string(54, 'x')) << "what the reader made of the page";
  EXPECT_EQ(found->front().confidence, 0.5);
  EXPECT_TRUE(memory.recall("plumber", kStart + 2 * kMonth, 3)->empty()) << "a hidden original";
}

TEST_F(MemoryTest, AHitRestoresWhereThereIsAnArchive) {
  Memory memory = open();
  const auto id = add(memory, "the code of the gate is 7719-B", kStart, {.archive = true});
  ASSERT_TRUE(memory.tick(kStart + 2 * kMonth).ok());
  EXPECT_EQ(tier(memory, id), "tiny");
  const auto found = memory.recall("7719-B", kStart + 2 * kMonth, 3);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->front().text, "the code of the gate is 7719-B");
  EXPECT_EQ(tier(memory, id), "text");
  ASSERT_TRUE(memory.tick(kStart + 2 * kMonth + kMinute).ok());
  EXPECT_EQ(tier(memory, id), "text");
  ASSERT_TRUE(memory.tick(kStart + 2 * kMonth + 8 * kDay).ok());
  EXPECT_EQ(tier(memory, id), "small");
}

TEST_F(MemoryTest, ForgettingBlotsOutThePicture) {
  Memory memory = open();
  const auto kept = add(memory, "aaaa bbbb cccc", kStart);
  const auto gone = add(memory, "dddd eeee ffff", kStart + 1);
  ASSERT_TRUE(memory.tick(kStart + 8 * kDay).ok());
  const auto leaf_id = *memory.store().entry(kept)->leaf;
  const auto before = pictures(*memory.store().leaf(leaf_id));
  ASSERT_TRUE(memory.forget(gone).ok());
  EXPECT_EQ(memory.forget(gone).code(), Code::kNotFound);
  const auto after = pictures(*memory.store().leaf(leaf_id));
  // "aaaa bbbb cccc" and the mark stay in cells 0 to 14; cells 15 to 28 are paper now. Lines are
  // 10 2/3 pixels high.
  const auto ink = [](const Image& page, int from, int to) {
    int dark = 0;
    for (int y = 0; y < 11; ++y) {
      for (int x = 8 * from; x < 8 * to; ++x) dark += page.row(y)[3 * x] < 200;
    }
    return dark;
  };
  EXPECT_EQ(ink(after->front(), 0, 15), ink(before->front(), 0, 15));
  EXPECT_GT(ink(before->front(), 15, 29), 0);
  EXPECT_EQ(ink(after->front(), 15, 29), 0);
}

TEST_F(MemoryTest, LongTextsAreCutAndBadOnesRefused) {
  Memory memory = open();
  std::string book;
  for (int i = 0; i < 100; ++i) book += sentence(i) + "\n";
  const auto ids = memory.add({.role = "user", .text = book}, kStart);
  ASSERT_TRUE(ids.ok());
  EXPECT_GT(ids->size(), 4u);
  std::string back;
  for (const auto id : *ids) {
    const std::string text = *memory.store().entry(id)->text;
    EXPECT_LE(text.size(), kMostEntryLetters);
    back += text + "\n";
  }
  EXPECT_EQ(back, book);
  for (const std::string& bad : {std::string(), std::string(" \n\t "), std::string("\xff\xfe")}) {
    EXPECT_FALSE(memory.add({.text = bad}, kStart).ok());
  }
  EXPECT_FALSE(memory.add({.text = "x", .importance = 2}, kStart).ok());
  EXPECT_FALSE(memory.add({.role = "a\nb", .text = "x"}, kStart).ok());
  EXPECT_EQ(memory.store().size()->entries, static_cast<std::int64_t>(ids->size()));
}

// Adds and ages as fast as it can, and tells the parent what it has been promised is kept.
[[noreturn]] void live(Memory memory, int round, int promises) {
  for (int i = 0;; ++i) {
    const Seconds now = kStart + (round * 50 + i) * kHour;
    const auto ids = memory.add({.role = "user", .text = sentence(i)}, now);
    if (!ids) _exit(1);
    (void)!write(promises, &ids->front(), sizeof(std::int64_t));
    if (i % 4 == 0 && !memory.tick(now)) _exit(1);
  }
}

TEST_F(MemoryTest, KilledAtAHundredMomentsItIsWholeEveryTime) {
  open();
  std::mt19937 random(11);
  std::vector<std::int64_t> promised;
  for (int round = 0; round < 100; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) live(open(), round, ends[1]);
    close(ends[1]);
    // The moment: some promises later, and then some time, for it may be in the middle of anything.
    std::int64_t id = 0;
    for (std::size_t n = random() % 5; n > 0 && read(ends[0], &id, sizeof id) == sizeof id; --n) {
      promised.push_back(id);
    }
    usleep(random() % 8000);
    kill(pid, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child gave up by itself";
    while (read(ends[0], &id, sizeof id) == sizeof id) promised.push_back(id);
    close(ends[0]);
    if (round % 10 != 9) continue;
    Memory memory = open();
    ASSERT_TRUE(memory.store().check().ok()) << memory.store().check().message();
  }
  // Nothing is a year old yet, so everything that was promised must be there.
  Memory memory = open();
  EXPECT_GT(promised.size(), 100u);
  for (const std::int64_t each : promised) {
    EXPECT_TRUE(memory.store().entry(each).ok()) << each;
  }
  const auto entries = *memory.store().entries();
  for (const Entry& entry : entries) {
    if (!entry.leaf) continue;
    const auto leaf = memory.store().leaf(*entry.leaf);
    ASSERT_TRUE(leaf.ok());
    EXPECT_LE(entry.place + entry.length, leaf->letters);
  }
}

}  // namespace
}  // namespace quire
