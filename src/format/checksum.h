// Two fingerprints: CRC-32 (the one of PNG and zip) against accidents, SHA-256 (FIPS 180-4) for
// telling models and texts apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace quire {

std::uint32_t crc32(std::span<const std::uint8_t> bytes);

// Feed bytes in any number of parts, then take the digest once.
class Sha256 {
 public:
  void update(std::span<const std::uint8_t> bytes);
  std::string hex();  // 64 lower-case digits

 private:
  void compress(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_ = {};
  std::size_t filled_ = 0;    // bytes waiting in block_
  std::uint64_t length_ = 0;  // bytes seen
};

std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace quire
