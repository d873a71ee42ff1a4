#include "format/json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace quire {
namespace {

std::string place(std::string_view bytes, std::size_t offset) {
  const std::string_view before = bytes.substr(0, std::min(offset, bytes.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = before.size() - (newline == before.npos ? 0 : newline + 1);
  return "line " + std::to_string(line) + ", column " +
         std::to_string(std::max<std::size_t>(column, 1));
}

// Receives the parser's events and builds the value. `open_` is the chain of containers not yet
// closed; a pointer in it stays good because its parent gets no other child before it is closed.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view bytes, const JsonLimits& limits) : bytes_(bytes), limits_(limits) {}

  Json root;
  Status status;

  bool null() override { return add(nullptr) != nullptr; }
  bool boolean(bool value) override { return add(value) != nullptr; }
  bool number_integer(std::int64_t value) override { return add(value) != nullptr; }
  bool number_unsigned(std::uint64_t value) override { return add(value) != nullptr; }
  bool number_float(double value, const std::string&) override { return add(value) != nullptr; }
  bool string(std::string& value) override { return add(std::move(value)) != nullptr; }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    if (open_.back()->contains(name)) {
      status = invalid("the key \"" + name + "\" stands twice in one object");
      return false;
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    const char* what = position > bytes_.size()
                           ? ": the JSON breaks off here, the file may be cut short"
                           : ": this is not valid JSON";
    status = invalid(place(bytes_, position) + what);
    return false;
  }

 private:
  Json* add(Json value) {
    if (++values_ > limits_.max_values) {
      status = over_limit("more than " + std::to_string(limits_.max_values) +
                          " JSON values, which is the limit here");
      return nullptr;
    }
    if (open_.empty()) return &(root = std::move(value));
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[std::move(key_)] = std::move(value));
  }

  bool open(Json container) {
    if (open_.size() >= limits_.max_depth) {
      status = over_limit("JSON nested deeper than " + std::to_string(limits_.max_depth) +
                          " levels, which is the limit here");
      return false;
    }
    Json* added = add(std::move(container));
    if (added != nullptr) open_.push_back(added);
    return added != nullptr;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string_view bytes_;
  const JsonLimits limits_;
  std::vector<Json*> open_;
  std::string key_;
  std::size_t values_ = 0;
};

Status wrong_type(std::string_view key, const char* wanted, const Json& found) {
  return invalid("\"" + std::string(key) + "\" must be " + wanted + ", but it is " +
                 (found.is_array() ? "an " : "a ") + found.type_name());
}

Status missing(std::string_view key) {
  return not_found("the key \"" + std::string(key) + "\" is missing");
}

// An integer in a range, whatever way it is written: 7, 7.0 or 7e0.
Result<std::int64_t> as_int(const Json& value, std::string_view key, IntRange range) {
  std::int64_t number = 0;
  bool fits = true;
  if (value.is_number_unsigned()) {
    fits = value.get<std::uint64_t>() <=
           static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (fits) number = static_cast<std::int64_t>(value.get<std::uint64_t>());
  } else if (value.is_number_integer()) {
    number = value.get<std::int64_t>();
  } else if (value.is_number_float()) {
    const double real = value.get<double>();
    if (real != std::trunc(real)) {
      return invalid("\"" + std::string(key) + "\" must be a whole number");
    }
    fits = std::fabs(real) <= 0x1p53;
    if (fits) number = static_cast<std::int64_t>(real);
  } else {
    return wrong_type(key, "a whole number", value);
  }
  if (!fits || number < range.min || number > range.max) {
    return invalid("\"" + std::string(key) + "\" must be from " + std::to_string(range.min) +
                   " to " + std::to_string(range.max) + ", but it is " + value.dump());
  }
  return number;
}

}  // namespace

Result<Json> parse_json(std::string_view bytes, const JsonLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return over_limit(std::to_string(bytes.size()) + " bytes of JSON; the limit here is " +
                      std::to_string(limits.max_bytes));
  }
  Builder builder(bytes, limits);
  if (!Json::sax_parse(bytes.begin(), bytes.end(), &builder)) {
    return builder.status.ok() ? invalid("this is not valid JSON") : builder.status;
  }
  return std::move(builder.root);
}

Result<Json> read_json(const std::string& path, const JsonLimits& limits) {
  const Result<std::string> bytes = read_file(path, limits.max_bytes);
  if (!bytes) return bytes.status();
  Result<Json> json = parse_json(*bytes, limits);
  if (!json) return json.status().at(path);
  return json;
}

const Json* find_key(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::int64_t> get_int(const Json& object, std::string_view key,
                             std::optional<std::int64_t> fallback, IntRange range) {
  const Json* value = find_key(object, key);
  if (value != nullptr) return as_int(*value, key, range);
  if (!fallback) return missing(key);
  return *fallback;
}

Result<double> get_number(const Json& object, std::string_view key,
                          std::optional<double> fallback) {
  const Json* value = find_key(object, key);
  if (value == nullptr && !fallback) return missing(key);
  if (value == nullptr) return *fallback;
  if (!value->is_number()) return wrong_type(key, "a number", *value);
  return value->get<double>();
}

Result<bool> get_bool(const Json& object, std::string_view key, std::optional<bool> fallback) {
  const Json* value = find_key(object, key);
  if (value == nullptr && !fallback) return missing(key);
  if (value == nullptr) return *fallback;
  if (!value->is_boolean()) return wrong_type(key, "true or false", *value);
  return value->get<bool>();
}

Result<std::string> get_string(const Json& object, std::string_view key,
                               std::optional<std::string> fallback) {
  const Json* value = find_key(object, key);
  if (value == nullptr && !fallback) return missing(key);
  if (value == nullptr) return *std::move(fallback);
  if (!value->is_string()) return wrong_type(key, "a string", *value);
  return value->get<std::string>();
}

Result<std::vector<std::int64_t>> get_ints(const Json& object, std::string_view key,
                                           std::optional<std::vector<std::int64_t>> fallback,
                                           IntRange range) {
  const Json* value = find_key(object, key);
  if (value == nullptr && !fallback) return missing(key);
  if (value == nullptr) return *std::move(fallback);
  if (!value->is_array()) return wrong_type(key, "a list of whole numbers", *value);
  std::vector<std::int64_t> numbers;
  for (const Json& element : *value) {
    const Result<std::int64_t> number = as_int(element, key, range);
    if (!number) return number.status();
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace quire
