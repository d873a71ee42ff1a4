#include "format/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace quire {
namespace {

std::string error_of(std::string_view bytes, const JsonLimits& limits = {}) {
  const Result<Json> json = parse_json(bytes, limits);
  return json.ok() ? "no error" : json.status().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Json, BuildsWhatTheLibraryItselfBuilds) {
  const std::string text = R"({"a": [1, -2, 3.5, "x\u00e9", true, null, {}, []],
                               "b": {"c": {"d": [[1], [2, [3]]]}}, "": 18446744073709551615})";
  const Result<Json> ours = parse_json(text);
  ASSERT_TRUE(ours.ok()) << ours.status().message();
  EXPECT_EQ(*ours, Json::parse(text));
  EXPECT_EQ(*parse_json("7"), Json(7));
}

TEST(Json, ErrorsSayWhere) {
  EXPECT_TRUE(contains(error_of("{\n  \"a\": 1,\n  \"b\": x\n}"), "line 3, column 8"));
  EXPECT_TRUE(contains(error_of("{\"a\": [1, 2"), "breaks off"));
  EXPECT_TRUE(contains(error_of(""), "breaks off"));
  EXPECT_FALSE(contains(error_of("nul"), "json.exception"));
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char* text :
       {"{'a': 1}", "[1,]", "{} {}", "[NaN]", "[1e999]", "[01]", "{\"a\" 1}", "//x"}) {
    EXPECT_FALSE(parse_json(text).ok()) << text;
  }
  EXPECT_FALSE(parse_json("[\"\xff\xfe\"]").ok());
  EXPECT_FALSE(parse_json("[\"\xed\xa0\x80\"]").ok());
  EXPECT_FALSE(parse_json(std::string_view("{\"a\0\": 1}", 9)).ok());
  EXPECT_TRUE(contains(error_of(R"({"a": 1, "b": {"a": 2}, "a": 3})"), "\"a\" stands twice"));
}

TEST(Json, LimitsHold) {
  const std::string deep(100'000, '[');
  EXPECT_TRUE(contains(error_of(deep), "deeper than 64"));
  EXPECT_EQ(parse_json(deep).status().code(), Code::kLimit);
  JsonLimits limits;
  limits.max_values = 4;
  EXPECT_TRUE(parse_json("[1, 2, 3]", limits).ok());
  EXPECT_TRUE(contains(error_of("[1, 2, 3, 4]", limits), "more than 4"));
  limits.max_bytes = 8;
  EXPECT_TRUE(contains(error_of("[1, 2, 3]", limits), "limit"));
}

TEST(Json, GettersSayWhatIsWrong) {
  const Json json = *parse_json(R"({"n": 7, "f": 7.0, "h": 7.5, "big": 4294967296, "huge": 1e300,
      "top": 18446744073709551615, "neg": -1, "s": "x", "t": true, "null": null, "list": [1, 2]})");
  EXPECT_EQ(*get_int(json, "n"), 7);
  EXPECT_EQ(*get_int(json, "f"), 7);
  EXPECT_EQ(*get_int(json, "absent", 3), 3);
  EXPECT_EQ(*get_int(json, "null", 3), 3);
  EXPECT_EQ(*get_int(json, "neg", {}, {-5, 5}), -1);
  EXPECT_EQ(*get_int(json, "big", {}, {0, std::int64_t{1} << 40}), 4294967296);
  EXPECT_EQ(get_int(json, "absent").status().code(), Code::kNotFound);
  EXPECT_TRUE(
      contains(get_int(json, "neg").status().message(), "\"neg\" must be from 0 to 2147483647"));
  for (const char* key : {"h", "big", "huge", "top", "neg", "s", "t", "null", "list"}) {
    EXPECT_FALSE(get_int(json, key).ok()) << key;
  }
  EXPECT_EQ(*get_number(json, "h"), 7.5);
  EXPECT_EQ(*get_number(json, "n"), 7.0);
  EXPECT_FALSE(get_number(json, "s").ok());
  EXPECT_TRUE(*get_bool(json, "t"));
  EXPECT_FALSE(get_bool(json, "n", false).ok());
  EXPECT_EQ(*get_string(json, "s"), "x");
  EXPECT_EQ(*get_string(json, "absent", "y"), "y");
  EXPECT_FALSE(get_string(json, "n").ok());
  EXPECT_EQ(*get_ints(json, "list"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_FALSE(get_ints(json, "list", {}, {2, 9}).ok());
  EXPECT_FALSE(get_ints(json, "n").ok());
  EXPECT_EQ(find_key(Json(7), "n"), nullptr);
}

TEST(Json, AFileThatIsNotThereIsNamed) {
  EXPECT_TRUE(
      contains(read_json("/no/such/config.json").status().message(), "/no/such/config.json"));
}

}  // namespace
}  // namespace quire
