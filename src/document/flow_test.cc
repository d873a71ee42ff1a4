#include "document/flow.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

const std::string kMark(kPageMark);

FlowBlock block(const std::string& text, const std::string& label = "text") {
  FlowBlock made;
  made.label = label;
  made.text = text;
  return made;
}

// The texts of pages whose blocks are given, joined; pages divided by "||", blocks by "|".
std::string joined(const std::vector<std::vector<FlowBlock>>& pages) {
  std::vector<PageFlow> flows;
  for (const std::vector<FlowBlock>& blocks : pages) {
    flows.push_back({static_cast<int>(flows.size() + 1), true, false, blocks});
  }
  join_pages(flows);
  std::string all;
  for (const PageFlow& page : flows) {
    if (page.page > 1) all += "||";
    for (std::size_t i = 0; i < page.blocks.size(); ++i) {
      all += (i > 0 ? "|" : "") + page.blocks[i].text;
      EXPECT_EQ(std::count(page.blocks[i].text.begin(), page.blocks[i].text.end(), kMark[0]),
                static_cast<std::ptrdiff_t>(page.blocks[i].begin.size()));
    }
  }
  for (std::size_t at; (at = all.find(kMark)) != std::string::npos;) {
    all.replace(at, kMark.size(), "^");
  }
  return all;
}

std::string joined(const std::string& upper, const std::string& lower) {
  return joined({{block(upper)}, {block(lower)}});
}

TEST(Flow, ASentenceGoesOn) {
  EXPECT_EQ(joined("It was a", "dark night."), "It was a ^dark night.||");
  EXPECT_EQ(joined("A new para-\n\ngraph that is inter-", "national. End.\n\nNext."),
            "A new para-\n\ngraph that is inter^national. End.||Next.");
  EXPECT_EQ(joined("one, two,", "\u00e9tage"), "one, two, ^\u00e9tage||");
  EXPECT_EQ(joined("soft\u00ad", "ware"), "soft^ware||");
  EXPECT_EQ(joined("\u6587\u5b57\u306e", "\u7d9a\u304d"), "\u6587\u5b57\u306e^\u7d9a\u304d||");
}

TEST(Flow, AnEndIsAnEnd) {
  for (const auto& [upper, lower] :
       std::vector<std::pair<std::string, std::string>>{{"The end.", "dark"},
                                                        {"It was a", "Dark night"},
                                                        {"Why?", "because"},
                                                        {"# Heading", "text"},
                                                        {"text", "# Heading"},
                                                        {"text", "- item"},
                                                        {"text", "1. one"},
                                                        {"text", "| a | b |"},
                                                        {"text", "<table>"},
                                                        {"5 -", "dash"},
                                                        {"text", "42"},
                                                        {"\u6587\u3002", "\u7d9a"},
                                                        {"", "text"},
                                                        {"text", ""}}) {
    EXPECT_EQ(joined(upper, lower), upper + "||" + lower);
  }
  EXPECT_EQ(joined({{block("It was a", "title")}, {block("dark")}}), "It was a||dark");
  EXPECT_EQ(joined({{}, {block("dark")}}), "||dark");
}

TEST(Flow, WhatStandsAtTheEdgesStaysOnItsPage) {
  EXPECT_EQ(joined({{block("It was a"), block("12", "page_number")},
                    {block("Chapter 1", "header"), block("dark night."), block("More.")}}),
            "It was a ^dark night.|12||Chapter 1|More.");
}

TEST(Flow, AParagraphRunsOverManyPagesButNotOverOneThatIsNotWhole) {
  EXPECT_EQ(joined({{block("a")}, {block("b")}, {block("c")}, {block("D")}}), "a ^b ^c||||||D");
  std::vector<PageFlow> pages = {{1, true, false, {block("a")}},
                                 {2, false, false, {block("b")}},
                                 {3, true, false, {block("c")}}};
  join_pages(pages);
  EXPECT_EQ(pages[0].blocks[0].text, "a");
  EXPECT_EQ(pages[2].blocks[0].text, "c");
  EXPECT_FALSE(pages[2].begun);
}

TEST(Flow, TablesGoOn) {
  const std::string head = "<tr><th>a</th><th>b</th></tr>", one = "<tr><td>1</td><td>2</td></tr>",
                    two = "<tr><td>3</td><td>4</td></tr>";
  const auto table = [](const std::string& rows) { return "<table>" + rows + "</table>"; };
  EXPECT_EQ(joined({{block(table(head + one), "table")}, {block(table(head + two), "table")}}),
            table(head + one + "<tr><td>^3</td><td>4</td></tr>") + "||");
  EXPECT_EQ(joined({{block(table(one))}, {block(table(two) + "\nSource: us")}}),
            table(one + "<tr><td>^3</td><td>4</td></tr>") + "||Source: us");
  const std::string wide = table("<tr><td colspan=\"2\">3</td></tr>");
  EXPECT_NE(joined(table(one), wide).find("^3"), std::string::npos) << "two columns as well";
  for (const std::string& other :
       {table("<tr><td>1</td></tr>"), table(""), std::string("<table><tr><td>1</td><td>2"),
        std::string("<table"), std::string("<tr>")}) {
    EXPECT_EQ(joined(table(one), other), table(one) + "||" + other);
  }
  EXPECT_EQ(joined("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 3 | 4 |\n\nEnd."),
            "| a | b |\n|---|---|\n| 1 | 2 |\n|^ 3 | 4 |||End.");
  EXPECT_EQ(joined("| a | b |\n|---|---|\n| 1 | 2 |", "| 3 |"),
            "| a | b |\n|---|---|\n| 1 | 2 |||| 3 |");
}

TEST(Flow, BlocksOfAPage) {
  const DocumentPage page =
      make_page("Before " + kMark +
                    "it.\n<|ref|>title<|/ref|><|det|>[[0, 0, 999, 100]]<|/det|>\n# T\n\n"
                    "<|ref|>image<|/ref|><|det|>[[0, 0, 9, 9]]<|/det|>\n",
                std::vector<double>{0.5, 0.25, 0.125}, 100, 100);
  const std::vector<std::string> links = {"f/0.png"};
  const std::vector<FlowBlock> blocks = flow(page, links);
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].text, "Before it.") << "a mark of the document's own is no mark";
  EXPECT_EQ(blocks[1].text, "# T");
  EXPECT_EQ(blocks[1].confidence, 0.25);
  EXPECT_EQ(blocks[2].link, "f/0.png");
  EXPECT_TRUE(flow(make_page("", {}, 0, 0), {}).empty());
}

}  // namespace
}  // namespace quire
