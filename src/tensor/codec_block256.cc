// The "K" types: blocks of 256 values in sub-blocks of 16 or 32, each with its own quantised scale,
// which a block-wide F16 scale d (and dmin for the minimums) turns into a number.
//
//   Q2_K  scales[16] q[64] d dmin            x = d * s * q - dmin * m    16 sub-blocks of 16
//   Q3_K  high[32] q[64] scales[12] d        x = d * (s - 32) * (q - 4)  16 sub-blocks of 16
//   Q4_K  d dmin scales[12] q[128]           x = d * s * q - dmin * m    8 sub-blocks of 32
//   Q5_K  d dmin scales[12] high[32] q[128]  the same with a fifth bit
//   Q6_K  q[128] high[64] scales[16] d       x = d * s * (q - 32)        16 sub-blocks of 16
//
// The values of a block are not stored in order: bits of values some distance apart share a byte.
// Each decoder below walks the output in order and says where the bits of value i are.
#include "tensor/codec.h"
#include "tensor/half.h"

namespace quire {
namespace {

constexpr int kBlock = 256;

// The 6-bit scale and minimum of sub-block j of Q4_K and Q5_K, packed 8 + 8 in 12 bytes: the first
// four of each stand in the low six bits of bytes 0..3 and 4..7; the last four have their low
// nibbles in bytes 8..11 and their top two bits in the top bits of bytes 0..7.
struct ScaleMin {
  int scale, minimum;
};
ScaleMin unpack_scale_min(const std::uint8_t* packed, int j) {
  if (j < 4) return {packed[j] & 63, packed[j + 4] & 63};
  return {(packed[j + 4] & 15) | packed[j - 4] >> 6 << 4, packed[j + 4] >> 4 | packed[j] >> 6 << 4};
}

// The 6-bit scale of sub-block j of Q3_K: low nibbles in bytes 0..7 (j and j + 8 share one), top
// two bits in bytes 8..11.
int unpack_q3_scale(const std::uint8_t* packed, int j) {
  const int low = j < 8 ? packed[j] & 15 : packed[j - 8] >> 4;
  const int high = packed[8 + j % 4] >> (2 * (j / 4)) & 3;
  return low | high << 4;
}

// Value i of Q2_K and Q3_K: half i / 128 owns 32 bytes; in it, each byte holds four values 32
// apart.
int two_bits(const std::uint8_t* q, int i) {
  return q[i / 128 * 32 + i % 32] >> (2 * (i % 128 / 32)) & 3;
}

}  // namespace

void decode_q2_k(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (; count > 0; count -= kBlock, bytes += 84, out += kBlock) {
    const std::uint8_t* scales = bytes;
    const std::uint8_t* q = bytes + 16;
    const float d = f16_to_float(load_u16(bytes + 80));
    const float dmin = f16_to_float(load_u16(bytes + 82));
    for (int j = 0; j < 16; ++j) {
      const float scale = d * static_cast<float>(scales[j] & 15);
      const float minimum = dmin * static_cast<float>(scales[j] >> 4);
      for (int i = 16 * j; i < 16 * (j + 1); ++i) {
        out[i] = scale * static_cast<float>(two_bits(q, i)) - minimum;
      }
    }
  }
}

void decode_q3_k(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (; count > 0; count -= kBlock, bytes += 110, out += kBlock) {
    const std::uint8_t* high = bytes;  // the third bit of value i is bit i / 32 of byte i % 32
    const std::uint8_t* q = bytes + 32;
    const std::uint8_t* scales = bytes + 96;
    const float d = f16_to_float(load_u16(bytes + 108));
    for (int j = 0; j < 16; ++j) {
      const float scale = d * static_cast<float>(unpack_q3_scale(scales, j) - 32);
      for (int i = 16 * j; i < 16 * (j + 1); ++i) {
        const int value = two_bits(q, i) | (high[i % 32] >> (i / 32) & 1) << 2;
        out[i] = scale * static_cast<float>(value - 4);
      }
    }
  }
}

void decode_q4_k(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (; count > 0; count -= kBlock, bytes += 144, out += kBlock) {
    const float d = f16_to_float(load_u16(bytes));
    const float dmin = f16_to_float(load_u16(bytes + 2));
    for (int j = 0; j < 8;
         ++j) {  // sub-blocks 2k and 2k + 1 are the low and high nibbles of 32 bytes
      const auto [s, m] = unpack_scale_min(bytes + 4, j);
      const float scale = d * static_cast<float>(s), minimum = dmin * static_cast<float>(m);
      const std::uint8_t* q = bytes + 16 + j / 2 * 32;
      for (int i = 0; i < 32; ++i) {
        out[32 * j + i] = scale * static_cast<float>(q[i] >> (j % 2 * 4) & 15) - minimum;
      }
    }
  }
}

void decode_q5_k(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (; count > 0; count -= kBlock, bytes += 176, out += kBlock) {
    const float d = f16_to_float(load_u16(bytes));
    const float dmin = f16_to_float(load_u16(bytes + 2));
    const std::uint8_t* high = bytes + 16;  // the fifth bit of value 32 j + i is bit j of byte i
    for (int j = 0; j < 8; ++j) {
      const auto [s, m] = unpack_scale_min(bytes + 4, j);
      const float scale = d * static_cast<float>(s), minimum = dmin * static_cast<float>(m);
      const std::uint8_t* q = bytes + 48 + j / 2 * 32;
      for (int i = 0; i < 32; ++i) {
        const int value = (q[i] >> (j % 2 * 4) & 15) | (high[i] >> j & 1) << 4;
        out[32 * j + i] = scale * static_cast<float>(value) - minimum;
      }
    }
  }
}

void decode_q6_k(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (; count > 0; count -= kBlock, bytes += 210, out += kBlock) {
    const std::uint8_t* scales = bytes + 192;
    const float d = f16_to_float(load_u16(bytes + 208));
    for (int j = 0; j < 8; ++j) {  // quarters of a half of 128 values
      const int half = j / 4, quarter = j % 4;
      const std::uint8_t* q = bytes + 64 * half + quarter % 2 * 32;  // low four bits
      const std::uint8_t* high = bytes + 128 + 32 * half;            // top two bits
      for (int i = 0; i < 32; ++i) {
        const int value = (q[i] >> (quarter / 2 * 4) & 15) | (high[i] >> (2 * quarter) & 3) << 4;
        const float scale =
            d * static_cast<float>(static_cast<std::int8_t>(scales[2 * j + i / 16]));
        out[32 * j + i] = scale * static_cast<float>(value - 32);
      }
    }
  }
}

}  // namespace quire
