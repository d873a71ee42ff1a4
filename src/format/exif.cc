#include "format/exif.h"

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace quire {
namespace {

constexpr std::string_view kPrefix("Exif\0\0", 6);
constexpr std::size_t kEntryBytes = 12;  // tag, type, count, value
constexpr std::uint32_t kOrientation = 0x0112, kShort = 3;

// Reads numbers of the structure's byte order; past the end there are none.
class Reader {
 public:
  Reader(std::span<const std::uint8_t> bytes, bool big_endian) : bytes_(bytes), big_(big_endian) {}

  std::optional<std::uint32_t> number(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return {};
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8 | bytes_[offset + (big_ ? i : size - 1 - i)];
    }
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool big_;
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> exif) {
  const std::string_view text = as_text(exif);
  if (text.starts_with(kPrefix)) exif = exif.subspan(kPrefix.size());
  const std::string_view order = text.substr(text.starts_with(kPrefix) ? kPrefix.size() : 0, 2);
  if (order != "II" && order != "MM") return 1;
  const Reader reader(exif, order == "MM");
  if (reader.number(2, 2) != 42u) return 1;
  const auto directory = reader.number(4, 4);
  if (!directory) return 1;
  const auto count = reader.number(*directory, 2);
  if (!count) return 1;
  for (std::size_t i = 0; i < *count; ++i) {  // at most 65,535
    const std::size_t entry = *directory + 2 + i * kEntryBytes;
    const auto tag = reader.number(entry, 2);
    if (!tag) return 1;
    if (*tag != kOrientation) continue;
    const auto value = reader.number(entry + 8, 2);
    const bool good = reader.number(entry + 2, 2) == kShort && value && *value >= 1 && *value <= 8;
    return good ? static_cast<int>(*value) : 1;
  }
  return 1;
}

}  // namespace quire
