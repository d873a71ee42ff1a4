// The metadata of a GGUF file: keys with typed values. A value remembers the exact type it has in
// the file, because programs that read the file back ask for it by that type (a U32 is not an I32).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace quire {

enum class GgufType : std::uint32_t {
  kU8,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kF32,
  kBool,
  kString,
  kArray,
  kU64,
  kI64,
  kF64,
};

struct GgufTypeInfo {
  std::string_view name;
  std::size_t bytes;  // of a number; of a string or array, its length field
  bool is_signed;
};

// Null for a number that is no type.
const GgufTypeInfo* gguf_type_info(std::uint32_t type);

// Integers of every width are kept as int64 (the reader refuses what does not fit), booleans in
// arrays too. The format allows arrays of arrays; nobody writes them, and the reader refuses them.
struct GgufValue {
  using Data = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                            std::vector<double>, std::vector<std::string>>;
  GgufType type = GgufType::kU32;  // of an array: the type of its elements
  Data data = std::int64_t{0};

  bool is_array() const { return data.index() >= 4; }

  static GgufValue u32(std::uint32_t v) { return {GgufType::kU32, std::int64_t{v}}; }
  static GgufValue f32(float v) { return {GgufType::kF32, double{v}}; }
  static GgufValue boolean(bool v) { return {GgufType::kBool, v}; }
  static GgufValue string(std::string v) { return {GgufType::kString, std::move(v)}; }
  static GgufValue i32s(std::vector<std::int64_t> v) { return {GgufType::kI32, std::move(v)}; }
  static GgufValue f32s(std::vector<double> v) { return {GgufType::kF32, std::move(v)}; }
  static GgufValue strings(std::vector<std::string> v) { return {GgufType::kString, std::move(v)}; }

  bool operator==(const GgufValue&) const = default;
};

struct GgufEntry {
  std::string key;
  GgufValue value;
};

}  // namespace quire
