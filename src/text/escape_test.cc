#include "text/escape.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

TEST(EscapeMarkup, NothingIsLeftThatABrowserWouldRun) {
  EXPECT_EQ(escape_markup("<a href=\"x\" title='y'>&amp;</a>"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
  EXPECT_EQ(escape_markup(std::string_view("a\0b\x1b\n\tc", 7)), "ab\n\tc");
  EXPECT_EQ(escape_markup("\xc3\xa9\xc3"), "\xc3\xa9\xef\xbf\xbd");
}

}  // namespace
}  // namespace quire
