#include "store/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include <cstdio>
#include <random>
#include <set>

#include "format/test_support.h"

namespace quire {
namespace {

Entry entry_of(const std::string& text, Seconds time = 1000) {
  Entry entry;
  entry.time = entry.recalled = time;
  entry.role = "user";
  entry.text = text;
  return entry;
}

Leaf leaf_of(const std::string& picture) { return {0, "base", 10, {{1024, 128, 3, picture}}}; }

class StoreTest : public FolderTest {
 protected:
  Store open(const std::string& name = "a.memory") const {
    auto store = Store::open(path(name), Database::Access::kCreate);
    EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.status().message());
    return *std::move(store);
  }
};

TEST_F(StoreTest, WhatIsAddedComesBack) {
  Entry entry = entry_of("the key is under the blue pot", 77);
  entry.topic = "house";
  entry.importance = 0.25;
  entry.pinned = true;
  entry.facts = {"QX-4821", "14 March"};
  entry.archive = "the key is under the blue pot";
  std::int64_t id = 0;
  {
    Store store = open();
    const auto added = store.add(entry);
    ASSERT_TRUE(added.ok());
    id = *added;
  }
  const Store again = open();
  const auto back = again.entry(id);
  ASSERT_TRUE(back.ok()) << back.status().message();
  EXPECT_EQ(back->text, entry.text);
  EXPECT_EQ(back->topic, "house");
  EXPECT_EQ(back->importance, 0.25);
  EXPECT_TRUE(back->pinned);
  EXPECT_EQ(back->facts, entry.facts);
  EXPECT_EQ(back->archive, entry.archive);
  EXPECT_EQ(back->recalled, 77);
}

TEST_F(StoreTest, AnEntryIsTextOrStandsOnALeaf) {
  Store store = open();
  Entry both = entry_of("text");
  both.leaf = *store.add_leaf(leaf_of("png"));
  EXPECT_FALSE(store.add(both).ok());
  Entry neither = entry_of("text");
  neither.text.reset();
  EXPECT_FALSE(store.add(neither).ok());
}

TEST_F(StoreTest, ALeafGoesWithItsPagesAndEntries) {
  Store store = open();
  const auto leaf = store.add_leaf(leaf_of("first picture"));
  ASSERT_TRUE(leaf.ok());
  Entry entry = entry_of("x");
  entry.text.reset();
  entry.leaf = *leaf;
  ASSERT_TRUE(store.add(entry).ok());
  auto smaller = store.leaf(*leaf);
  ASSERT_TRUE(smaller.ok());
  EXPECT_EQ(smaller->pages.at(0).picture, "first picture");
  smaller->tier = "tiny";
  smaller->pages = {{512, 64, 7, "second"}, {512, 64, 7, "third"}};
  ASSERT_TRUE(store.replace_pages(*smaller).ok());
  EXPECT_EQ(store.leaf(*leaf)->pages.at(1).picture, "third");
  ASSERT_TRUE(store.erase_leaf(*leaf).ok());
  const auto size = store.size();
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->entries + size->leaves + size->pages, 0);
}

TEST_F(StoreTest, SearchFindsWhatCanBeRead) {
  Store store = open();
  const auto pot = *store.add(entry_of("the key is under the blue flowerpot"));
  const auto train = *store.add(entry_of("the train leaves from platform nine"));
  Entry faded = entry_of("");
  faded.text.reset();
  faded.leaf = *store.add_leaf(leaf_of("png"));
  faded.reading = "tha mcon is msde of chcese";
  faded.facts = {"QX-4821"};
  const auto moon = *store.add(faded);

  EXPECT_EQ(store.search("flowerpot", 5)->at(0).id, pot);
  EXPECT_EQ(store.search("Which PLATFORM?", 5)->at(0).id, train);
  EXPECT_EQ(store.search("made of cheese", 5)->at(0).id, moon) << "by what the blur has left";
  EXPECT_EQ(store.search("QX-4821", 5)->at(0).id, moon);
  EXPECT_TRUE(store.search("zzzzz", 5)->empty());
  EXPECT_EQ(store.search("ky", 5)->size(), 0u);
  EXPECT_EQ(store.search("is", 5)->size(), 2u) << "too short for the index";
  for (const char* hostile :
       {"\"", "a\" OR \"b", "NEAR(", "*", "^", "body:x", "-", "\xff\xfe\xfd"}) {
    EXPECT_TRUE(store.search(hostile, 5).ok()) << hostile;
  }
}

TEST_F(StoreTest, ForgottenBytesAreInNoneOfTheFiles) {
  std::mt19937 random(7);
  const auto word = [&] {
    std::string letters;
    for (int i = 0; i < 12; ++i) letters += static_cast<char>('a' + random() % 26);
    return letters;
  };
  Store store = open();
  std::vector<std::string> secrets, kept;
  std::optional<Transaction> transaction;
  for (int i = 0; i < 600; ++i) {
    if (i % 10 == 0) {  // to wait for the disk less often
      if (transaction) {
        ASSERT_TRUE(transaction->commit().ok());
      }
      transaction.reset();
      transaction.emplace(*store.begin());
    }
    const std::string text = word() + " " + word() + " " + word();
    Entry entry = entry_of(text, i);
    entry.facts = {text.substr(0, 12)};
    const auto id = store.add(entry);
    ASSERT_TRUE(id.ok());
    if (i % 3 == 0) {
      kept.push_back(text);
      continue;
    }
    secrets.push_back(text);
    if (i % 3 == 1) {
      ASSERT_TRUE(store.erase(*id).ok());
    } else {  // becomes a picture, as ageing does it
      Entry faded = entry;
      faded.id = *id;
      faded.text.reset();
      faded.facts.clear();
      faded.leaf = *store.add_leaf(leaf_of("png"));
      ASSERT_TRUE(store.update(faded).ok());
    }
  }
  ASSERT_TRUE(transaction->commit().ok());
  ASSERT_TRUE(store.drop_traces().ok());
  std::string bytes;
  for (const char* ending : {"", "-wal", "-shm"}) {
    const std::string file = path("a.memory") + ending;
    if (std::filesystem::exists(file)) bytes += slurp(file);
  }
  for (const std::string& text : kept) ASSERT_NE(bytes.find(text), bytes.npos);
  for (const std::string& text : secrets) {
    for (const std::size_t begin : {0u, 13u, 26u}) {
      // Eight letters: the index keeps three at a time, never more.
      ASSERT_EQ(bytes.find(text.substr(begin, 8)), bytes.npos) << text;
    }
  }
}

TEST_F(StoreTest, DamageIsNamed) {
  {
    Store store = open();
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(store.add(entry_of("a text that is whole")).ok());
    const auto leaf = store.add_leaf(leaf_of(std::string(20000, 'P')));
    ASSERT_TRUE(leaf.ok());
    ASSERT_TRUE(store.drop_traces().ok());
    ASSERT_TRUE(store.check().ok());
  }
  const std::string whole = slurp(path("a.memory"));
  const auto damaged = [&](const std::string& bytes) {
    write("b.memory", bytes);
    const auto store = Store::open(path("b.memory"));
    return store ? store->check() : store.status();
  };
  EXPECT_TRUE(damaged(whole).ok());

  std::string text = whole;
  text[text.find("text that is whole")] = 'T';
  const Status entry = damaged(text);
  ASSERT_FALSE(entry.ok());
  EXPECT_NE(entry.message().find("b.memory"), std::string::npos) << entry.message();
  EXPECT_NE(entry.message().find("entry "), std::string::npos) << entry.message();

  std::string picture = whole;
  picture[picture.find("PPPPPPPP")] = 'Q';
  const Status page = damaged(picture);
  ASSERT_FALSE(page.ok());
  EXPECT_NE(page.message().find("page 1 of leaf 1"), std::string::npos) << page.message();

  for (const std::string& bytes :
       {whole.substr(0, whole.size() / 2), std::string("not a database at all, but long enough"),
        std::string(4096, '\0'), whole.substr(0, 100)}) {
    const Status status = damaged(bytes);
    EXPECT_FALSE(status.ok()) << bytes.size();
    EXPECT_NE(status.message().find("b.memory"), std::string::npos) << status.message();
  }
}

TEST_F(StoreTest, AnyDamagedByteIsFoundOrHarmless) {
  {
    Store store = open();
    for (int i = 0; i < 40; ++i)
      ASSERT_TRUE(store.add(entry_of("entry " + std::to_string(i))).ok());
    ASSERT_TRUE(store.add_leaf(leaf_of(std::string(9000, 'P'))).ok());
    ASSERT_TRUE(store.drop_traces().ok());
  }
  const std::string whole = slurp(path("a.memory"));
  const auto truth = open().entries();
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    std::string bytes = whole;
    bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
    write("b.memory", bytes);
    const auto store = Store::open(path("b.memory"));
    if (!store || !store->check().ok()) continue;
    // Nobody complained: then every memory must be what it was.
    const auto entries = store->entries();
    ASSERT_TRUE(entries.ok());
    ASSERT_EQ(entries->size(), truth->size());
    for (std::size_t n = 0; n < entries->size(); ++n) {
      EXPECT_EQ((*entries)[n].text, (*truth)[n].text);
    }
    EXPECT_EQ(store->leaf(1)->pages.at(0).picture, std::string(9000, 'P'));
  }
}

TEST_F(StoreTest, AnotherDatabaseOrVersionIsRefused) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path("other").c_str(), &other), SQLITE_OK);
  sqlite3_exec(other, "CREATE TABLE t(x)", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  const auto strange = Store::open(path("other"), Database::Access::kCreate);
  EXPECT_EQ(strange.status().code(), Code::kInvalid);

  open("later");
  ASSERT_EQ(sqlite3_open(path("later").c_str(), &other), SQLITE_OK);
  sqlite3_exec(other, "PRAGMA user_version = 2", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_EQ(Store::open(path("later")).status().code(), Code::kUnsupported);

  EXPECT_EQ(Store::open(path("nothing")).status().code(), Code::kNotFound);
  EXPECT_FALSE(Store::open(path("no/such/folder"), Database::Access::kCreate).ok());
  EXPECT_FALSE(Store::open("", Database::Access::kCreate).ok());
}

TEST_F(StoreTest, TwoProcessesWritingAtOnceLoseNothing) {
  constexpr int kEach = 40;
  std::vector<pid_t> children;
  for (int child = 0; child < 2; ++child) {
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      auto store = Store::open(path("a.memory"), Database::Access::kCreate);
      Status status = store.status();
      for (int i = 0; status.ok() && i < kEach; ++i) {
        status = store->add(entry_of(std::to_string(child) + "/" + std::to_string(i))).status();
      }
      if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
      _exit(status.ok() ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  const Store store = open();
  const auto entries = store.entries();
  ASSERT_TRUE(entries.ok());
  std::set<std::string> texts;
  for (const Entry& entry : *entries) texts.insert(*entry.text);
  EXPECT_EQ(texts.size(), 2u * kEach);
  EXPECT_TRUE(store.check().ok());
}

}  // namespace
}  // namespace quire
