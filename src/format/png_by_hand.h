// For tests only: PNG files put together chunk by chunk, with what an encoder would not write.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace quire::png_by_hand {

inline std::string big32(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 255);
  return text;
}

inline const std::string kSignature("\x89PNG\r\n\x1a\n", 8);

inline std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto crc =
      ::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big32(static_cast<std::uint32_t>(data.size())) + body +
         big32(static_cast<std::uint32_t>(crc));
}

// colour: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
inline std::string header(std::uint32_t width, std::uint32_t height, int depth, int colour) {
  return kSignature + chunk("IHDR", big32(width) + big32(height) + static_cast<char>(depth) +
                                        static_cast<char>(colour) + std::string(3, '\0'));
}

// Rows without filters; each must hold exactly the bytes of one row.
inline std::string pixels(const std::vector<std::string>& rows) {
  std::string raw;
  for (const std::string& row : rows) raw += '\0' + row;
  std::vector<Bytef> packed(compressBound(static_cast<uLong>(raw.size())));
  uLongf size = packed.size();
  compress(packed.data(), &size, reinterpret_cast<const Bytef*>(raw.data()),
           static_cast<uLong>(raw.size()));
  return {reinterpret_cast<const char*>(packed.data()), size};
}

inline std::string data(const std::vector<std::string>& rows) {
  return chunk("IDAT", pixels(rows));
}
inline std::string end() { return chunk("IEND", ""); }

}  // namespace quire::png_by_hand
