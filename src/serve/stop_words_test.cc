#include "serve/stop_words.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

// The text in pieces of every size comes out as this, whatever the size.
std::string through(const std::vector<std::string>& words, const std::string& text,
                    std::size_t size) {
  StopWords stop(words);
  std::string shown;
  for (std::size_t at = 0; at < text.size(); at += size) shown += stop.push(text.substr(at, size));
  return shown + stop.finish();
}

TEST(StopWordsTest, EndsBeforeTheFirst) {
  const std::string text = "one two END three\n\nfour";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    EXPECT_EQ(through({"END"}, text, size), "one two ") << size;
    EXPECT_EQ(through({"\n\n", "three"}, text, size), "one two END ") << size;
    EXPECT_EQ(through({"ENDE", "EN "}, text, size), text) << size;
    EXPECT_EQ(through({"four!"}, text, size), text) << size;
    EXPECT_EQ(through({}, text, size), text) << size;
    EXPECT_EQ(through({"one"}, text, size), "") << size;
  }
}

TEST(StopWordsTest, HoldsBackNoMoreThanItMust) {
  StopWords stop({"abab"});
  EXPECT_EQ(stop.push("xab"), "x");
  EXPECT_EQ(stop.push("aab"), "aba");  // only "ab" can still begin one
  EXPECT_EQ(stop.push("ab!"), "");
  EXPECT_TRUE(stop.found());
  EXPECT_EQ(stop.push("more"), "");
}

}  // namespace
}  // namespace quire
