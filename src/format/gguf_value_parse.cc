#include <utility>

#include "format/gguf_cursor.h"

namespace quire {
namespace {

constexpr std::uint64_t kMaxElements = 1 << 26;  // of a list; a vocabulary has 129,280

// An integer of any width, or a boolean. `fits` becomes false for the upper half of U64 and for
// booleans other than 0 and 1.
std::int64_t take_int(GgufCursor& cursor, GgufType type, bool& fits) {
  const GgufTypeInfo& info = *gguf_type_info(static_cast<std::uint32_t>(type));
  const std::uint64_t bits = cursor.take_bits(info.bytes);
  if (info.is_signed) {
    const std::size_t unused = 64 - 8 * info.bytes;
    return static_cast<std::int64_t>(bits << unused) >> unused;
  }
  fits = fits && std::in_range<std::int64_t>(bits) && (type != GgufType::kBool || bits <= 1);
  return static_cast<std::int64_t>(bits);
}

double take_float(GgufCursor& cursor, GgufType type) {
  return type == GgufType::kF32 ? double{cursor.take<float>()} : cursor.take<double>();
}

bool is_float(GgufType type) { return type == GgufType::kF32 || type == GgufType::kF64; }

Result<GgufValue> take_scalar(GgufCursor& cursor, GgufType type) {
  GgufValue value{type, {}};
  bool fits = true;
  if (type == GgufType::kString) {
    value.data = cursor.take_string();
  } else if (is_float(type)) {
    value.data = take_float(cursor, type);
  } else {
    const std::int64_t number = take_int(cursor, type, fits);
    if (type == GgufType::kBool)
      value.data = number != 0;
    else
      value.data = number;
  }
  if (!cursor.ok()) return gguf_cut_short();
  if (!fits) return invalid("its value is out of range");
  return value;
}

Result<GgufValue> take_array(GgufCursor& cursor) {
  const auto id = cursor.take<std::uint32_t>();
  const auto count = cursor.take<std::uint64_t>();
  if (!cursor.ok()) return gguf_cut_short();
  const GgufTypeInfo* info = gguf_type_info(id);
  if (info == nullptr) return invalid("its elements have the unknown type " + std::to_string(id));
  const auto type = static_cast<GgufType>(id);
  if (type == GgufType::kArray) return unsupported("it is a list of lists");
  if (!cursor.can_hold(count, info->bytes)) {
    return invalid("it claims " + std::to_string(count) + " elements, more than the file holds");
  }
  if (count > kMaxElements) {
    return over_limit("it has " + std::to_string(count) + " elements; the limit is " +
                      std::to_string(kMaxElements));
  }
  const auto fill = [&](auto list, const auto& take) {
    list.resize(static_cast<std::size_t>(count));
    for (auto& element : list) {
      element = take();
      if (!cursor.ok()) break;
    }
    return list;
  };
  GgufValue value{type, {}};
  bool fits = true;
  if (type == GgufType::kString) {
    value.data = fill(std::vector<std::string>(), [&] { return cursor.take_string(); });
  } else if (is_float(type)) {
    value.data = fill(std::vector<double>(), [&] { return take_float(cursor, type); });
  } else {
    value.data = fill(std::vector<std::int64_t>(), [&] { return take_int(cursor, type, fits); });
  }
  if (!cursor.ok()) return gguf_cut_short();
  if (!fits) return invalid("one of its values is out of range");
  return value;
}

}  // namespace

Result<GgufValue> take_gguf_value(GgufCursor& cursor) {
  const auto id = cursor.take<std::uint32_t>();
  if (!cursor.ok()) return gguf_cut_short();
  if (gguf_type_info(id) == nullptr)
    return invalid("it has the unknown type " + std::to_string(id));
  const auto type = static_cast<GgufType>(id);
  return type == GgufType::kArray ? take_array(cursor) : take_scalar(cursor, type);
}

}  // namespace quire
