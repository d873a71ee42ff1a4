// Blocks of 32 values x that share a scale d, and in the "_1" types a minimum m:
//
//   Q8_0   d  q[32]              x = d * q             q a signed byte
//   Q4_0   d  nibble[16]         x = d * (q - 8)
//   Q4_1   d  m  nibble[16]      x = d * q + m
//   Q5_0   d  high[4] nibble[16] x = d * (q - 16)      the fifth bit of value i is bit i of `high`
//   Q5_1   d  m  high[4] nibble[16]  x = d * q + m
//
// d and m are F16. Byte i of `nibble` holds value i in its low half and value i + 16 in its high
// one.
//
// The encoders follow llama.cpp's reference quantisation bit for bit, because files made here and
// there from the same weights should be the same files.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "tensor/codec.h"
#include "tensor/half.h"

namespace quire {
namespace {

constexpr int kBlock = 32;
constexpr int kHalf = kBlock / 2;

// What stands in a block in front of the nibbles, and what the bits mean.
struct Layout {
  int bits;
  bool has_minimum;

  constexpr int high_offset() const { return has_minimum ? 4 : 2; }
  constexpr int nibble_offset() const { return high_offset() + (bits == 5 ? 4 : 0); }
  constexpr int bytes() const { return nibble_offset() + kHalf; }
  constexpr int zero() const { return has_minimum ? 0 : 1 << (bits - 1); }
  constexpr int top() const { return (1 << bits) - 1; }
};

std::uint32_t load_u32(const std::uint8_t* bytes) {
  std::uint32_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

template <Layout layout>
void decode_packed(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (; count > 0; count -= kBlock, bytes += layout.bytes(), out += kBlock) {
    const float d = f16_to_float(load_u16(bytes));
    const float m = layout.has_minimum ? f16_to_float(load_u16(bytes + 2)) : 0.0f;
    const std::uint32_t high = layout.bits == 5 ? load_u32(bytes + layout.high_offset()) : 0;
    const std::uint8_t* nibbles = bytes + layout.nibble_offset();
    for (int i = 0; i < kHalf; ++i) {
      const int low_q = (nibbles[i] & 15) | static_cast<int>(high >> i & 1) << 4;
      const int high_q = nibbles[i] >> 4 | static_cast<int>(high >> (i + kHalf) & 1) << 4;
      out[i] = static_cast<float>(low_q - layout.zero()) * d + m;
      out[i + kHalf] = static_cast<float>(high_q - layout.zero()) * d + m;
    }
  }
}

// d and m for a block: with a minimum the codes span [min, max]; without, the value of largest
// magnitude (the first of them) gets the code 0, which is the most negative.
struct Scale {
  float d, m;
};
template <Layout layout>
Scale choose_scale(const float* x) {
  if constexpr (layout.has_minimum) {
    const auto [low, high] = std::minmax_element(x, x + kBlock);
    return {(*high - *low) / static_cast<float>(layout.top()), *low};
  } else {
    const float* widest = std::max_element(
        x, x + kBlock, [](float a, float b) { return std::fabs(a) < std::fabs(b); });
    return {*widest / static_cast<float>(-layout.zero()), 0.0f};
  }
}

// A value divided by d, as a code. NaN and infinity, which no block can hold, become some code: the
// comparison is written so that a cast out of range, which C++ leaves undefined, cannot happen.
int to_code(float scaled, float offset, int top) {
  const float code = scaled + offset;
  if (!(code > 0.0f)) return 0;
  return code < static_cast<float>(top + 1) ? static_cast<int>(code) : top;
}

template <Layout layout>
void encode_packed(const float* x, std::size_t count, std::uint8_t* out) {
  const float offset = static_cast<float>(layout.zero()) + 0.5f;
  for (; count > 0; count -= kBlock, x += kBlock, out += layout.bytes()) {
    const auto [d, m] = choose_scale<layout>(x);
    const float inverse = d != 0.0f ? 1.0f / d : 0.0f;
    store_u16(float_to_f16(d), out);
    if (layout.has_minimum) store_u16(float_to_f16(m), out + 2);
    std::uint32_t high = 0;
    for (int i = 0; i < kHalf; ++i) {
      const int low_q = to_code((x[i] - m) * inverse, offset, layout.top());
      const int high_q = to_code((x[i + kHalf] - m) * inverse, offset, layout.top());
      out[layout.nibble_offset() + i] =
          static_cast<std::uint8_t>((low_q & 15) | (high_q & 15) << 4);
      high |= static_cast<std::uint32_t>(low_q >> 4) << i;
      high |= static_cast<std::uint32_t>(high_q >> 4) << (i + kHalf);
    }
    if (layout.bits == 5) std::memcpy(out + layout.high_offset(), &high, sizeof high);
  }
}

constexpr Layout kQ4_0{4, false}, kQ4_1{4, true}, kQ5_0{5, false}, kQ5_1{5, true};
constexpr int kQ8Bytes = 2 + kBlock;

}  // namespace

void decode_q8_0(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (; count > 0; count -= kBlock, bytes += kQ8Bytes, out += kBlock) {
    const float d = f16_to_float(load_u16(bytes));
    for (int i = 0; i < kBlock; ++i) {
      out[i] = static_cast<float>(static_cast<std::int8_t>(bytes[2 + i])) * d;
    }
  }
}

void encode_q8_0(const float* x, std::size_t count, std::uint8_t* out) {
  for (; count > 0; count -= kBlock, x += kBlock, out += kQ8Bytes) {
    float widest = 0.0f;
    for (int i = 0; i < kBlock; ++i) widest = std::max(widest, std::fabs(x[i]));
    const float d = widest / 127.0f;
    const float inverse = d != 0.0f ? 1.0f / d : 0.0f;
    store_u16(float_to_f16(d), out);
    for (int i = 0; i < kBlock; ++i) {
      const float q = std::round(x[i] * inverse);  // half away from zero, as the reference rounds
      const bool fits = q >= -127.0f && q <= 127.0f;  // not so for NaN and infinity
      out[2 + i] = static_cast<std::uint8_t>(static_cast<std::int8_t>(fits ? q : 0.0f));
    }
  }
}

void decode_q4_0(const std::uint8_t* bytes, std::size_t count, float* out) {
  decode_packed<kQ4_0>(bytes, count, out);
}
void decode_q4_1(const std::uint8_t* bytes, std::size_t count, float* out) {
  decode_packed<kQ4_1>(bytes, count, out);
}
void decode_q5_0(const std::uint8_t* bytes, std::size_t count, float* out) {
  decode_packed<kQ5_0>(bytes, count, out);
}
void decode_q5_1(const std::uint8_t* bytes, std::size_t count, float* out) {
  decode_packed<kQ5_1>(bytes, count, out);
}
void encode_q4_0(const float* values, std::size_t count, std::uint8_t* out) {
  encode_packed<kQ4_0>(values, count, out);
}
void encode_q4_1(const float* values, std::size_t count, std::uint8_t* out) {
  encode_packed<kQ4_1>(values, count, out);
}
void encode_q5_0(const float* values, std::size_t count, std::uint8_t* out) {
  encode_packed<kQ5_0>(values, count, out);
}
void encode_q5_1(const float* values, std::size_t count, std::uint8_t* out) {
  encode_packed<kQ5_1>(values, count, out);
}

}  // namespace quire
