#include "serve/chat_request.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace quire {
namespace {

const ServeLimits kLimits;

nlohmann::json chat(nlohmann::json content) {
  return {{"model", "m"}, {"messages", {{{"role", "user"}, {"content", std::move(content)}}}}};
}
nlohmann::json picture(const std::string& url = "data:image/png;base64,Zm9v") {
  return {{"type", "image_url"}, {"image_url", {{"url", url}}}};
}
nlohmann::json words(const std::string& text) { return {{"type", "text"}, {"text", text}}; }

std::string fault(const std::string& body) {
  const auto request = parse_chat_request(body, kLimits);
  return request ? "" : request.status().message();
}
std::string fault(const nlohmann::json& json) { return fault(json.dump()); }

TEST(ChatRequestTest, PlainText) {
  const auto request = parse_chat_request(chat("Hello").dump(), kLimits);
  ASSERT_TRUE(request) << request.status().message();
  EXPECT_EQ(request->prompt, "Hello");
  EXPECT_EQ(request->max_tokens, kLimits.tokens);
  EXPECT_FALSE(request->stream);
}

TEST(ChatRequestTest, PicturesStandWhereTheyStood) {
  const auto request = parse_chat_request(
      chat({words("Before"), picture(), words("between"), picture()}).dump(), kLimits);
  ASSERT_TRUE(request) << request.status().message();
  EXPECT_EQ(request->prompt, "Before\n<image>\nbetween\n<image>");
  ASSERT_EQ(request->pictures.size(), 2u);
  EXPECT_EQ(std::string(request->pictures[0].begin(), request->pictures[0].end()), "foo");
}

TEST(ChatRequestTest, MarksInTheTextPlaceThePictures) {
  const auto request = parse_chat_request(
      chat({picture(), words("<image>\n<|grounding|>OCR this image.")}).dump(), kLimits);
  ASSERT_TRUE(request) << request.status().message();
  EXPECT_EQ(request->prompt, "<image>\n<|grounding|>OCR this image.");
  EXPECT_NE(fault(chat({picture(), words("<image> and <image>")})).find("<image>"),
            std::string::npos);
  EXPECT_NE(fault(chat("no picture for <image>")), "");
}

TEST(ChatRequestTest, AllMessagesAreRead) {
  nlohmann::json json = chat("now");
  json["messages"].insert(json["messages"].begin(),
                          nlohmann::json{{"role", "system"}, {"content", "be brief"}});
  json["messages"].insert(json["messages"].begin() + 1,
                          nlohmann::json{{"role", "assistant"}, {"content", nullptr}});
  const auto request = parse_chat_request(json.dump(), kLimits);
  ASSERT_TRUE(request) << request.status().message();
  EXPECT_EQ(request->prompt, "be brief\nnow");
}

TEST(ChatRequestTest, NothingIsFetched) {
  for (const char* url :
       {"http://169.254.169.254/latest/meta-data/", "https://example.com/a.png",
        "file:///etc/passwd", "ftp://h/x", "//h/x", "/etc/passwd", "HTTP://h/", "http:\\\\h",
        "\\\\h\\x", "data", "gopher://h:25/x", " data:image/png;base64,Zm9v"}) {
    EXPECT_NE(fault(chat({picture(url)})).find("data:"), std::string::npos) << url;
  }
  for (const char* url : {"data:", "data:image/png", "data:image/png,abc", "data:;base64",
                          "data:image/png;base64,", "data:image/png;base64,Zm9",
                          "data:image/png;base64,Zm 9", "data:image/png;base64,http://h/"}) {
    EXPECT_NE(fault(chat({picture(url)})), "") << url;
  }
}

TEST(ChatRequestTest, NumbersOutOfRange) {
  for (const char* name :
       {"max_tokens", "max_completion_tokens", "n", "temperature", "top_p", "seed"}) {
    for (const char* value : {"-1", "-9223372036854775808", "1e400", "\"7\"", "[]",
                              "9223372036854775808", "18446744073709551616", "-1e308"}) {
      if (std::string(name) == "seed" && value[0] == '-' && value[1] != '1') continue;
      if (std::string(name) == "seed" && std::string(value) == "-1") continue;  // any will do
      std::string body = chat("x").dump();
      body.insert(body.size() - 1, std::string(",\"") + name + "\":" + value);
      EXPECT_NE(fault(body), "") << name << " " << value;
    }
  }
  for (const char* value : {"0", "1.5", "2147483648", "4294967297", "9007199254740993"}) {
    std::string body = chat("x").dump();
    body.insert(body.size() - 1, std::string(",\"max_tokens\":") + value);
    EXPECT_NE(fault(body), "") << value;
  }
}

TEST(ChatRequestTest, WhatWouldBeIgnoredIsRefused) {
  nlohmann::json json = chat("x");
  json["tools"] = {{{"type", "function"}}};
  EXPECT_NE(fault(json).find("tools"), std::string::npos);
  json = chat("x");
  json["response_format"] = {{"type", "json_object"}};
  EXPECT_NE(fault(json).find("response_format"), std::string::npos);
  json = chat("x");
  json["n"] = 2;
  EXPECT_NE(fault(json).find("n:"), std::string::npos);
  json = chat("x");
  json["logprobs"] = true;
  EXPECT_NE(fault(json).find("logprobs"), std::string::npos);
}

TEST(ChatRequestTest, WrongTypesEverywhere) {
  const char* bodies[] = {
      "",
      "null",
      "[]",
      "\"\"",
      "0",
      "{",
      "{}",
      "{\"model\":1}",
      "{\"model\":\"m\"}",
      R"({"model":"m","messages":{}})",
      R"({"model":"m","messages":[]})",
      R"({"model":"m","messages":[1]})",
      R"({"model":"m","messages":[{}]})",
      R"({"model":"m","messages":[{"role":"user"}]})",
      R"({"model":"m","messages":[{"role":"user","content":""}]})",
      R"({"model":"m","messages":[{"role":"user","content":1}]})",
      R"({"model":"m","messages":[{"role":"user","content":[1]}]})",
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"input_audio"}]}]})",
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":7}]}]})",
      R"({"model":"m","messages":[{"role":"user","content":"x"}],"stream":"yes"})",
      R"({"model":"m","messages":[{"role":"user","content":"x"}],"stream_options":[]})",
      R"({"model":"m","messages":[{"role":"user","content":"x"}],"stop":[""]})",
      R"({"model":"m","messages":[{"role":"user","content":"x"}],"stop":7})",
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\xfe\"}]}",
  };
  for (const char* body : bodies) EXPECT_NE(fault(std::string(body)), "") << body;
}

TEST(ChatRequestTest, TooMuch) {
  nlohmann::json parts = nlohmann::json::array();
  for (int i = 0; i < 10'000; ++i) parts.push_back(picture());
  EXPECT_NE(fault(chat(parts)).find("32 pictures"), std::string::npos);
  EXPECT_NE(fault(std::string(100'000, '[')), "");
  std::string deep = R"({"model":"m","messages":)";
  for (int i = 0; i < 1000; ++i) deep += "{\"a\":";
  EXPECT_NE(fault(deep), "");
}

TEST(ChatRequestTest, DetailChoosesTheMode) {
  nlohmann::json part = picture();
  part["image_url"]["detail"] = "low";
  EXPECT_EQ(parse_chat_request(chat({part}).dump(), kLimits)->mode->name, "tiny");
  part["image_url"]["detail"] = "base";
  EXPECT_EQ(parse_chat_request(chat({part}).dump(), kLimits)->mode->name, "base");
  part["image_url"]["detail"] = "sharp";
  EXPECT_NE(fault(chat({part})).find("detail"), std::string::npos);
}

}  // namespace
}  // namespace quire
