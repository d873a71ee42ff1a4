#include "text/strip.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

TEST(Strip, TakesWhatPythonTakes) {
  EXPECT_EQ(strip(""), "");
  EXPECT_EQ(strip(" \t\r\n\v\f"), "");
  EXPECT_EQ(strip("a"), "a");
  EXPECT_EQ(strip("\n a b \n"), "a b");
  EXPECT_EQ(strip("\u00a0\u3000x\u2003\u0085\x1f"), "x")
      << "spaces beyond ASCII, and unit separators";
  EXPECT_EQ(strip("\u200bx\ufeff"), "\u200bx\ufeff") << "no width is not white space";
  EXPECT_EQ(strip(" \xff \xe3\x80 "), "\xff \xe3\x80") << "broken bytes stay";
}

}  // namespace
}  // namespace quire
