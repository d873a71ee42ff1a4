// The two 16-bit floating-point types, one value at a time. Conversions to float are exact;
// conversions from float round to nearest, ties to even, as IEEE 754 asks. NaN stays NaN.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace quire {

// Little-endian loads and stores that do not mind alignment: checkpoint bytes come from a mapping.
inline std::uint16_t load_u16(const std::uint8_t* bytes) {
  return static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8);
}
inline void store_u16(std::uint16_t value, std::uint8_t* bytes) {
  bytes[0] = static_cast<std::uint8_t>(value);
  bytes[1] = static_cast<std::uint8_t>(value >> 8);
}

// BF16 is the upper half of a float.
inline float bf16_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

inline std::uint16_t float_to_bf16(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// Branch-free enough to vectorise. A half denormal m * 2^-24 becomes the float 2^-14 + m * 2^-24,
// from which 2^-14 is subtracted: exact, and it works when the CPU flushes float denormals.
inline float f16_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000) << 16;
  const std::uint32_t magnitude = static_cast<std::uint32_t>(half & 0x7fff) << 13;
  const std::uint32_t exponent = magnitude & 0x0f800000u;
  const float denormal = std::bit_cast<float>(magnitude + (113u << 23)) - 0x1p-14f;
  const std::uint32_t rebias = exponent == 0x0f800000u ? 224u << 23 : 112u << 23;  // 224: inf, NaN
  const std::uint32_t normal = magnitude + rebias;
  return std::bit_cast<float>(sign |
                              (exponent == 0 ? std::bit_cast<std::uint32_t>(denormal) : normal));
}

inline std::uint16_t float_to_f16(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const std::uint32_t magnitude = bits & 0x7fffffff;
  std::uint32_t half;
  if (magnitude > 0x7f800000u) {  // NaN, made quiet
    half = 0x7e00;
  } else if (magnitude >= 0x477ff000u) {  // 65520 and up round to infinity
    half = 0x7c00;
  } else if (magnitude < 0x38800000u) {  // below 2^-14: adding 0.5 leaves units of 2^-24 at the end
    half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000u;
  } else {
    half = (magnitude - (112u << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13;
  }
  return static_cast<std::uint16_t>(sign | half);
}

}  // namespace quire
