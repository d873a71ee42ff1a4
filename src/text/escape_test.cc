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

TEST(Printable, ANameOfAFileIsOneLineAndDrawsNothing) {
  EXPECT_EQ(printable("two\nlines \x1b[2J.pdf"), "two\\x0Alines \\x1B[2J.pdf");
  EXPECT_EQ(printable("caf\u00e9 \u4f60\u597d \xe9"), "caf\u00e9 \u4f60\u597d \ufffd");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m\x7f"),
            "\\x9B31m\\x7F");
  EXPECT_EQ(printable(""), "");
}

}  // namespace
}  // namespace quire
