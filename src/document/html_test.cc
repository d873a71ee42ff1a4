#include "document/html.h"

#include <gtest/gtest.h>

#include "document/safe_html.h"

namespace quire {
namespace {

TEST(SafeHtml, WhatMarkdownMeans) {
  EXPECT_EQ(safe_html(""), "");
  EXPECT_EQ(safe_html("one\ntwo\n\nthree"), "<p>one\ntwo</p>\n<p>three</p>\n");
  EXPECT_EQ(safe_html("## A **b** c\ntext"), "<h2>A <b>b</b> c</h2>\n<p>text</p>\n");
  EXPECT_EQ(safe_html("- a\n- b\n1. c\nd"),
            "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol>\n<li>c</li>\n</ol>\n<p>d</p>\n");
  EXPECT_EQ(safe_html("#hash 1.5 -x **"), "<p>#hash 1.5 -x **</p>\n");
  EXPECT_EQ(safe_html("H<sub>2</sub>O<br/>x"), "<p>H<sub>2</sub>O<br>x</p>\n");
}

TEST(SafeHtml, TablesComeThroughWithTheirSpans) {
  EXPECT_EQ(safe_html("a\n<table><tr><td rowspan=\"2\" style=\"x\">1</td>\n\n<TD colspan=3>2 < 3"
                      "</td></tr></table>b"),
            "<p>a</p>\n<table><tr><td rowspan=\"2\">1</td>\n\n<td colspan=\"3\">2 &lt; 3</td></tr>"
            "</table>\n<p>b</p>\n");
}

TEST(SafeHtml, TagsAreBalancedWhateverTheModelSays) {
  EXPECT_EQ(safe_html("<table><tr><td>a"), "<table><tr><td>a</td></tr></table>\n");
  EXPECT_EQ(safe_html("x</table></td>"), "<p>x</p>\n");
  EXPECT_EQ(safe_html("<table><b>x</table>y"), "<table><b>x</b></table>\n<p>y</p>\n");
  EXPECT_EQ(safe_html("<sub>**a</sub>b**"), "<p><sub><b>a</b></sub>b**</p>\n");
}

TEST(SafeHtml, NothingRunsAndNothingIsFetched) {
  for (const char* attack : {"<script>alert(1)</script>",
                             "<img src=x onerror=alert(1)>",
                             "<svg/onload=alert(1)>",
                             "<td onclick=alert(1)>",
                             "<td rowspan='\"><script>'>",
                             "<table><script>x</table>",
                             "<td/rowspan=1 onmouseover=x>",
                             "<b><iframe src=//e>",
                             "![](http://evil/x.png)",
                             "[a](javascript:alert(1))",
                             "<a href='javascript:x'>",
                             "<style>*{}</style>",
                             "<!-- -->",
                             "<b <script>>",
                             "# <h1 onload=x>",
                             "- <li onload=x>",
                             "<td\nonclick=x>",
                             "<br onload=x>",
                             "<meta http-equiv=refresh content=0>",
                             "&lt;script&gt;",
                             "\"' onload=x",
                             "<\xffscript>"}) {
    const std::string html = safe_html(attack);
    // Every < is one we wrote: take our tags away and none is left.
    std::string rest = html;
    for (std::size_t at; (at = rest.find('<')) != std::string::npos;) {
      const std::size_t end = rest.find('>', at);
      ASSERT_NE(end, std::string::npos) << html;
      const std::string tag = rest.substr(at, end - at + 1);
      EXPECT_TRUE(tag.find('=') == std::string::npos || tag.find("span=\"") != std::string::npos)
          << html;
      EXPECT_EQ(tag.find("on"), std::string::npos) << html;
      for (const char* bad : {"script", "img", "svg", "iframe", "a ", "style", "meta", "!"})
        EXPECT_FALSE(tag.substr(tag[1] == '/' ? 2 : 1).starts_with(bad)) << html;
      rest.erase(at, end - at + 1);
    }
  }
}

TEST(SafeHtml, MegabytesAreLinear) {
  for (const char* piece : {"<", "<td", "**", "<b>", "</b>", "# ", "<table>", "1. "}) {
    std::string many;
    while (many.size() < 1'000'000) many += piece;
    EXPECT_FALSE(safe_html(many).empty() && many[0] != '<') << piece;
  }
}

TEST(Html, ASectionHasFiguresWordsAndConfidence) {
  Answer answer;
  answer.text =
      "<|ref|>image<|/ref|><|det|>[[0,0,9,9]]<|/det|>\n<|ref|>te\"xt<|/ref|><|det|>[]<|/det|>a<b";
  const DocumentPage page = make_page(answer, 100, 100);
  const std::vector<std::string> links = {"f/0.png"};
  EXPECT_EQ(html_section(page, links),
            "<section>\n<div title=\"image, 0% sure\">\n<img alt=\"\" src=\"f/0.png\">\n</div>\n"
            "<div title=\"te&quot;xt, 0% sure\">\n<p>a&lt;b</p>\n</div>\n</section>\n");
  EXPECT_EQ(html_section(page, {}).find("<img"), std::string::npos);
}

TEST(Html, ADocumentSaysThatNothingMayRun) {
  const std::vector<std::string> sections = {"<section>one</section>", "<section>two</section>"};
  const std::string html = html_document("</title><script>", sections);
  EXPECT_NE(html.find("script-src 'none'"), std::string::npos);
  EXPECT_NE(html.find("<title>&lt;/title&gt;&lt;script&gt;</title>"), std::string::npos);
  EXPECT_LT(html.find("one"), html.find("two"));
}

}  // namespace
}  // namespace quire
