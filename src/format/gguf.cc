// The questions one can ask an opened file; gguf_parse.cc opens it.
#include "format/gguf.h"

namespace quire {
namespace {

// The alternative T of the value under a key, or why there is none. `wanted` is for people.
template <typename T>
Result<const T*> get(const GgufValue* value, std::string_view key, const char* wanted) {
  const std::string quoted = "\"" + std::string(key) + "\"";
  if (value == nullptr) return not_found("the key " + quoted + " is missing");
  const T* data = std::get_if<T>(&value->data);
  if (data != nullptr) return data;
  const auto* info = gguf_type_info(static_cast<std::uint32_t>(value->type));
  return invalid(quoted + " must be " + wanted + ", but it is " +
                 (value->is_array() ? "a list of " : "") + std::string(info->name));
}

}  // namespace

Result<TensorView> GgufFile::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return not_found("there is no tensor \"" + std::string(name) + "\"");
  return found->second;
}

const GgufValue* GgufFile::find_value(std::string_view key) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : &metadata_[found->second].value;
}

Result<std::int64_t> GgufFile::get_int(std::string_view key, std::optional<std::int64_t> fallback,
                                       IntRange range) const {
  const GgufValue* value = find_value(key);
  if (value == nullptr && fallback) return *fallback;
  const auto number = get<std::int64_t>(value, key, "a whole number");
  if (!number) return number.status();
  if (**number < range.min || **number > range.max) {
    return invalid("\"" + std::string(key) + "\" must be from " + std::to_string(range.min) +
                   " to " + std::to_string(range.max) + ", but it is " + std::to_string(**number));
  }
  return **number;
}

Result<double> GgufFile::get_number(std::string_view key, std::optional<double> fallback) const {
  const GgufValue* value = find_value(key);
  if (value == nullptr && fallback) return *fallback;
  const auto number = get<double>(value, key, "a number");
  if (!number) return number.status();
  return **number;
}

Result<bool> GgufFile::get_bool(std::string_view key, std::optional<bool> fallback) const {
  const GgufValue* value = find_value(key);
  if (value == nullptr && fallback) return *fallback;
  const auto truth = get<bool>(value, key, "true or false");
  if (!truth) return truth.status();
  return **truth;
}

Result<std::string> GgufFile::get_string(std::string_view key,
                                         std::optional<std::string> fallback) const {
  const GgufValue* value = find_value(key);
  if (value == nullptr && fallback) return *fallback;
  const auto text = get<std::string>(value, key, "a string");
  if (!text) return text.status();
  return **text;
}

Result<std::span<const std::int64_t>> GgufFile::get_ints(std::string_view key) const {
  const auto list = get<std::vector<std::int64_t>>(find_value(key), key, "a list of whole numbers");
  if (!list) return list.status();
  return std::span<const std::int64_t>(**list);
}

Result<std::span<const double>> GgufFile::get_numbers(std::string_view key) const {
  const auto list = get<std::vector<double>>(find_value(key), key, "a list of numbers");
  if (!list) return list.status();
  return std::span<const double>(**list);
}

Result<std::span<const std::string>> GgufFile::get_strings(std::string_view key) const {
  const auto list = get<std::vector<std::string>>(find_value(key), key, "a list of strings");
  if (!list) return list.status();
  return std::span<const std::string>(**list);
}

}  // namespace quire
