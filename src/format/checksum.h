// Two fingerprints: CRC-32 (the one of PNG and zip) against accidents, SHA-256 (FIPS 180-4) for
// telling models and texts apart.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace quire {

std::uint32_t crc32(std::span<const std::uint8_t> bytes);

// Feed bytes in any number of parts, then take the digest once.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::uint8_t> bytes);
  std::string hex();  // 64 lower-case digits

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;  // OpenSSL's
};

std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace quire
