// JSON from files nobody vouches for. parse_json() never throws and never recurses on the input;
// size, depth and number of values are limited, and a key that stands twice in one object is an
// error, because two readers would disagree on what it means.
//
// The getters read one key of an object and say, in words, what is wrong with it: absent, another
// type, out of range. A null counts as absent, as in the config files of Hugging Face. Every
// integer has a range.
//
// Users of a Json value include <nlohmann/json.hpp> in their .cc file; this header does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "format/int_range.h"

namespace quire {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t max_bytes = 100'000'000;
  std::size_t max_depth = 64;          // of nested arrays and objects
  std::size_t max_values = 8'000'000;  // scalars, arrays and objects together
};

// Errors: "line 3, column 14: ...", columns counted in bytes from 1.
Result<Json> parse_json(std::string_view bytes, const JsonLimits& limits = {});

// read_file and parse_json; errors name the file.
Result<Json> read_json(const std::string& path, const JsonLimits& limits = {});

// The value of a key, or null when the key is absent, is null, or `object` is no object.
const Json* find_key(const Json& object, std::string_view key);

// Without a fallback the key is required. 7.0 is an integer, 7.5 is not.
Result<std::int64_t> get_int(const Json& object, std::string_view key,
                             std::optional<std::int64_t> fallback = {}, IntRange range = {});
Result<double> get_number(const Json& object, std::string_view key,
                          std::optional<double> fallback = {});
Result<bool> get_bool(const Json& object, std::string_view key, std::optional<bool> fallback = {});
Result<std::string> get_string(const Json& object, std::string_view key,
                               std::optional<std::string> fallback = {});
Result<std::vector<std::int64_t>> get_ints(const Json& object, std::string_view key,
                                           std::optional<std::vector<std::int64_t>> fallback = {},
                                           IntRange range = {});

}  // namespace quire
