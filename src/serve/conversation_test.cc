#include "serve/conversation.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "format/png.h"
#include "text/base64.h"
#include "text/utf8.h"

namespace quire {
namespace {

using nlohmann::json;

constexpr std::string_view kDataUrl = "data:image/png;base64,";

std::size_t words(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
}

// Whatever has a digit in it.
std::vector<std::string> with_digits(std::string_view text) {
  std::vector<std::string> found;
  std::string word;
  for (const char c : std::string(text) + " ") {
    if (c != ' ' && c != '\n') {
      word += c;
    } else {
      if (word.find_first_of("0123456789") != std::string::npos) found.push_back(word);
      word.clear();
    }
  }
  return found;
}

ConversationRules rules() {
  AccuracyTable no_table;
  const auto plan = plan_pages({"tiny", 4, 5}, no_table);
  EXPECT_TRUE(plan) << plan.status().message();
  return {*plan, "DejaVuSansMono", 2, 2000, words, with_digits};
}

std::string prose(int from, int count) {
  std::string text;
  for (int i = from; i < from + count; ++i) {
    text += "a word and another one, number n" + std::to_string(i) + "x, and so on it goes ";
  }
  return text;
}

json message(const char* role, const std::string& content) {
  return {{"role", role}, {"content", content}};
}

json conversation(int rounds) {
  json messages = json::array({message("system", "Be brief.")});
  for (int i = 0; i < rounds; ++i) {
    messages.push_back(message("user", prose(i * 10, 10)));
    messages.push_back(message("assistant", "I see, " + std::to_string(i) + "."));
  }
  messages.push_back(message("user", "And now?"));
  return {{"model", "m"}, {"temperature", 0.5}, {"messages", messages}, {"stream", true}};
}

std::vector<std::string> pictures(const json& request) {
  std::vector<std::string> urls;
  for (const json& one : request["messages"]) {
    if (!one["content"].is_array()) continue;
    for (const json& part : one["content"]) {
      if (part["type"] == "image_url") urls.push_back(part["image_url"]["url"]);
    }
  }
  return urls;
}

TEST(ConversationTest, OldRoundsBecomePages) {
  const json before = conversation(12);
  const auto result = shorten(before.dump(), rules());
  ASSERT_TRUE(result) << result.status().message();
  ASSERT_TRUE(*result);
  const ShorterConversation& done = **result;
  const json after = json::parse(done.body);
  EXPECT_EQ(after["model"], "m");
  EXPECT_EQ(after["temperature"], 0.5);
  EXPECT_EQ(after["stream"], true);
  // The system's words and the last two rounds stand as they stood.
  EXPECT_EQ(after["messages"].front(), before["messages"].front());
  const std::size_t n = after["messages"].size(), m = before["messages"].size();
  for (std::size_t back = 1; back <= 3; ++back) {
    EXPECT_EQ(after["messages"][n - back], before["messages"][m - back]) << back;
  }
  EXPECT_EQ(n, 5u);  // system, what was folded, and three

  // As many tokens saved as said.
  const std::vector<std::string> urls = pictures(after);
  EXPECT_EQ(urls.size(), done.pages);
  EXPECT_EQ(done.vision_tokens, urls.size() * 73);
  const json& content = after["messages"][1]["content"];
  EXPECT_EQ(done.note_tokens, words(content[0]["text"].get<std::string>()));
  EXPECT_GT(done.text_tokens, done.vision_tokens + done.note_tokens);

  // Every exact string is still there as text, and no other text was lost: what is not on a page
  // is behind the pages.
  std::string left;
  for (const json& one : after["messages"]) {
    if (one["content"].is_string()) left += one["content"].get<std::string>() + "\n";
    if (!one["content"].is_array()) continue;
    for (const json& part : one["content"]) {
      if (part["type"] == "text") left += part["text"].get<std::string>() + "\n";
    }
  }
  for (int i = 0; i < 110; ++i) {
    const std::string exact = "n" + std::to_string(i) + "x";
    EXPECT_NE(left.find(exact), std::string::npos) << exact;
  }
}

TEST(ConversationTest, ThePagesShowWhatWasSaid) {
  const json before = conversation(12);
  const ConversationRules given = rules();
  const json after = json::parse((*shorten(before.dump(), given))->body);
  std::u32string transcript;
  for (std::size_t i = 1; i + 3 < before["messages"].size(); ++i) {
    const json& one = before["messages"][i];
    transcript += *decode_utf8(one["role"].get<std::string>() + ": " +
                               one["content"].get<std::string>() + "\n");
  }
  auto font = Font::open(given.font);
  ASSERT_TRUE(font);
  const auto drawn = render_text(transcript, given.plan.layout, *font);
  ASSERT_TRUE(drawn);
  const std::vector<std::string> urls = pictures(after);
  ASSERT_GE(urls.size(), 2u);
  for (std::size_t i = 0; i < urls.size(); ++i) {
    ASSERT_TRUE(urls[i].starts_with(kDataUrl));
    const auto bytes = decode_base64(std::string_view(urls[i]).substr(kDataUrl.size()));
    ASSERT_TRUE(bytes);
    const auto picture = decode_png(*bytes);
    ASSERT_TRUE(picture);
    EXPECT_EQ(picture->image.rgb, drawn->pages[i].picture.rgb) << "page " << i;
  }
}

TEST(ConversationTest, PagesStayTheSameAsItGrows) {
  const auto early = pictures(json::parse((*shorten(conversation(12).dump(), rules()))->body));
  const auto late = pictures(json::parse((*shorten(conversation(20).dump(), rules()))->body));
  ASSERT_GT(late.size(), early.size());
  for (std::size_t i = 0; i < early.size(); ++i) EXPECT_EQ(late[i], early[i]) << "page " << i;
}

TEST(ConversationTest, ALongTextIsFoldedWhereItStands) {
  json request = conversation(0);
  request["messages"].back()["content"] = prose(0, 400) + "What is the last number?";
  const auto result = shorten(request.dump(), rules());
  ASSERT_TRUE(result && *result);
  const json after = json::parse((*result)->body);
  ASSERT_EQ(after["messages"].size(), 2u);
  const std::string end = after["messages"][1]["content"].back()["text"];
  EXPECT_TRUE(end.ends_with("What is the last number?")) << end;
  // A long system text: the pages come from the user, whom all servers let send pictures.
  request = conversation(0);
  request["messages"][0]["content"] = prose(0, 400);
  const json system = json::parse((*shorten(request.dump(), rules()))->body);
  EXPECT_EQ(system["messages"][0]["role"], "system");
  EXPECT_TRUE(system["messages"][0]["content"].is_string());
  EXPECT_EQ(system["messages"][1]["role"], "user");
  EXPECT_FALSE(pictures(system).empty());
}

TEST(ConversationTest, WhatIsNotTextAloneStays) {
  json request = conversation(12);
  json call = message("assistant", "");
  call["tool_calls"] = {{{"id", "call_1"}, {"type", "function"}}};
  json answer = message("tool", "42");
  answer["tool_call_id"] = "call_1";
  request["messages"].insert(request["messages"].begin() + 5, call);
  request["messages"].insert(request["messages"].begin() + 6, answer);
  const auto result = shorten(request.dump(), rules());
  ASSERT_TRUE(result && *result);
  const json after = json::parse((*result)->body);
  std::size_t at = 0;
  while (at < after["messages"].size() && after["messages"][at] != call) ++at;
  ASSERT_LT(at + 1, after["messages"].size());
  EXPECT_EQ(after["messages"][at + 1], answer);
}

TEST(ConversationTest, ExactWords) {
  const std::vector<std::string> wanted = {"K-1742",     "a.b@example.org", "3.14",  "notes.txt",
                                           "/etc/fstab", "camelCase",       "x_y_z", "14"};
  EXPECT_EQ(
      exact_words("The key (K-1742), to a.b@example.org. It is 3.14; see notes.txt, /etc/fstab "
                  "or camelCase!\nAnd \"x_y_z\" on 14 March, well-known. K-1742 ... ( )"),
      wanted);
  EXPECT_TRUE(exact_words("").empty());
}

TEST(ConversationTest, WhereNothingIsGainedNothingChanges) {
  const auto unchanged = [](const std::string& body) {
    const auto result = shorten(body, rules());
    return result.ok() && !result->has_value();
  };
  EXPECT_TRUE(unchanged(conversation(0).dump()));
  EXPECT_TRUE(unchanged(conversation(2).dump()));
  for (const char* body : {"", "{", "[]", "null", "{}", "{\"messages\":7}", "{\"messages\":[]}",
                           "{\"messages\":[7,null,{},{\"role\":7}]}",
                           "{\"messages\":[{\"role\":\"user\",\"content\":[7]}]}"}) {
    EXPECT_TRUE(unchanged(body)) << body;
  }
  // Letters that the face does not have would be lost on a page.
  json request = conversation(0);
  std::string chinese;
  for (int i = 0; i < 20'000; ++i) chinese += "\u4F60 ";
  request["messages"].back()["content"] = chinese;
  EXPECT_TRUE(unchanged(request.dump()));
}

}  // namespace
}  // namespace quire
