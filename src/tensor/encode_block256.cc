// float32 into blocks of 256 (Q4_K, Q5_K, Q6_K; codec_block256.cc has their layout): for each
// sub-block the scale (and minimum) of least squared error, found by trying ranges a little wider
// and narrower than the values', each with the best straight line through its codes.
//
// Not the reference's bits, which depend on its weighting of large values; the squared error is
// held against the reference's in a test.
#include <algorithm>
#include <array>
#include <cmath>

#include "tensor/codec.h"
#include "tensor/half.h"

namespace quire {
namespace {

constexpr int kBlock = 256;

// The nearest code in [low, high]. NaN becomes `low`: the comparisons are written so that a cast
// out of range, which C++ leaves undefined, cannot happen.
int to_code(float value, int low, int high) {
  if (!(value > static_cast<float>(low))) return low;
  return value < static_cast<float>(high) ? static_cast<int>(std::lrint(value)) : high;
}

float inverse_of(float x) { return x != 0.0f && std::isfinite(1.0f / x) ? 1.0f / x : 0.0f; }

// x = scale * q - minimum, both at least 0.
struct Line {
  float scale = 0, minimum = 0;
};

constexpr int kLineSize = 32;

float squared_error(const float* x, const Line& line, int top) {
  const float inverse = inverse_of(line.scale);
  float error = 0;
  for (int i = 0; i < kLineSize; ++i) {
    const int q = to_code((x[i] + line.minimum) * inverse, 0, top);
    const float off = line.scale * static_cast<float>(q) - line.minimum - x[i];
    error += off * off;
  }
  return error;
}

Line fit_line(const float* x, int top) {
  const auto [smallest, largest] = std::minmax_element(x, x + kLineSize);
  const float low = std::min(*smallest, 0.0f), range = *largest - low;
  Line best{range / static_cast<float>(top), -low};
  if (!(range > 0)) return {0, -low};
  float least = squared_error(x, best, top);
  for (int step = -10; step <= 10; ++step) {
    const float inverse = (static_cast<float>(top) + 0.1f * static_cast<float>(step)) / range;
    float q_sum = 0, qq_sum = 0, x_sum = 0, qx_sum = 0;
    for (int i = 0; i < kLineSize; ++i) {
      const auto q = static_cast<float>(to_code((x[i] - low) * inverse, 0, top));
      q_sum += q;
      qq_sum += q * q;
      x_sum += x[i];
      qx_sum += q * x[i];
    }
    const float spread = kLineSize * qq_sum - q_sum * q_sum;
    if (!(spread > 0)) continue;
    Line line{(kLineSize * qx_sum - q_sum * x_sum) / spread,
              (q_sum * qx_sum - qq_sum * x_sum) / spread};
    if (line.minimum < 0) line = {qx_sum / qq_sum, 0};  // a minimum above 0 cannot be said
    if (!(line.scale > 0)) continue;
    const float error = squared_error(x, line, top);
    if (error < least) {
      least = error;
      best = line;
    }
  }
  return best;
}

// The 6-bit scale and minimum that come nearest to a line: rounded, or one to a side.
struct Codes {
  int scale = 0, minimum = 0;
};
Codes round_line(const float* x, const Line& line, float d, float dmin, int top) {
  const int scale = to_code(line.scale * inverse_of(d), 0, 63);
  const int minimum = to_code(line.minimum * inverse_of(dmin), 0, 63);
  Codes best{scale, minimum};
  float least = INFINITY;
  for (int s = std::max(scale - 1, 0); s <= std::min(scale + 1, 63); ++s) {
    for (int m = std::max(minimum - 1, 0); m <= std::min(minimum + 1, 63); ++m) {
      const Line rounded{d * static_cast<float>(s), dmin * static_cast<float>(m)};
      const float error = squared_error(x, rounded, top);
      if (error < least) {
        least = error;
        best = {s, m};
      }
    }
  }
  return best;
}

// Eight 6-bit scales and minimums as unpack_scale_min() in codec_block256.cc reads them.
void pack_scales_and_minimums(const std::array<int, 8>& scales, const std::array<int, 8>& minimums,
                              std::uint8_t* out) {
  for (std::size_t j = 0; j < 4; ++j) {
    out[j] = static_cast<std::uint8_t>(scales[j] | scales[j + 4] >> 4 << 6);
    out[j + 4] = static_cast<std::uint8_t>(minimums[j] | minimums[j + 4] >> 4 << 6);
    out[j + 8] = static_cast<std::uint8_t>((scales[j + 4] & 15) | (minimums[j + 4] & 15) << 4);
  }
}

// Q4_K, and with a fifth bit Q5_K.
template <bool five>
void encode_lines(const float* x, std::size_t count, std::uint8_t* out) {
  constexpr int kTop = five ? 31 : 15;
  constexpr int kNibbles = five ? 48 : 16, kBytes = kNibbles + kBlock / 2;
  for (; count > 0; count -= kBlock, x += kBlock, out += kBytes) {
    std::array<Line, 8> lines;
    float widest = 0, deepest = 0;
    for (std::size_t j = 0; j < 8; ++j) {
      lines[j] = fit_line(x + kLineSize * j, kTop);
      widest = std::max(widest, lines[j].scale);
      deepest = std::max(deepest, lines[j].minimum);
    }
    store_u16(float_to_f16(widest / 63), out);
    store_u16(float_to_f16(deepest / 63), out + 2);
    const float d = f16_to_float(load_u16(out)), dmin = f16_to_float(load_u16(out + 2));
    std::array<int, 8> scales{}, minimums{};
    std::fill(out + 16, out + kBytes, std::uint8_t{0});
    for (std::size_t j = 0; j < 8; ++j) {
      const Codes codes = round_line(x + kLineSize * j, lines[j], d, dmin, kTop);
      scales[j] = codes.scale;
      minimums[j] = codes.minimum;
      const float minimum = dmin * static_cast<float>(minimums[j]);
      const float inverse = inverse_of(d * static_cast<float>(scales[j]));
      for (std::size_t i = 0; i < kLineSize; ++i) {
        const int q = to_code((x[kLineSize * j + i] + minimum) * inverse, 0, kTop);
        out[kNibbles + j / 2 * 32 + i] |= static_cast<std::uint8_t>((q & 15) << (j % 2 * 4));
        if (five) out[16 + i] |= static_cast<std::uint8_t>(q >> 4 << j);
      }
    }
    pack_scales_and_minimums(scales, minimums, out + 4);
  }
}

constexpr int kSixteen = 16;

// The scale of 16 values with codes from -32 to 31, of either sign: -32 is for the largest value.
float fit_scale(const float* x) {
  const float widest = *std::max_element(
      x, x + kSixteen, [](float a, float b) { return std::fabs(a) < std::fabs(b); });
  if (!(std::fabs(widest) > 0) || !std::isfinite(widest)) return 0;
  float best = 0, most = 0;
  for (int step = -9; step <= 9; ++step) {
    const float inverse = -(32 + 0.1f * static_cast<float>(step)) / widest;
    float qq_sum = 0, qx_sum = 0;
    for (int i = 0; i < kSixteen; ++i) {
      const auto q = static_cast<float>(to_code(x[i] * inverse, -32, 31));
      qq_sum += q * q;
      qx_sum += q * x[i];
    }
    // The error is that of a scale of 0 less qx^2 / qq.
    if (qq_sum > 0 && qx_sum * qx_sum > most * qq_sum) {
      most = qx_sum * qx_sum / qq_sum;
      best = qx_sum / qq_sum;
    }
  }
  return best;
}

}  // namespace

void encode_q4_k(const float* values, std::size_t count, std::uint8_t* out) {
  encode_lines<false>(values, count, out);
}
void encode_q5_k(const float* values, std::size_t count, std::uint8_t* out) {
  encode_lines<true>(values, count, out);
}

void encode_q6_k(const float* x, std::size_t count, std::uint8_t* out) {
  constexpr int kBytes = 210;
  for (; count > 0; count -= kBlock, x += kBlock, out += kBytes) {
    std::array<float, 16> scales;
    for (std::size_t j = 0; j < scales.size(); ++j) scales[j] = fit_scale(x + kSixteen * j);
    const float widest = *std::max_element(
        scales.begin(), scales.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
    std::fill(out, out + kBytes, std::uint8_t{0});
    store_u16(float_to_f16(widest / -128), out + 208);
    const float d = f16_to_float(load_u16(out + 208));
    for (std::size_t j = 0; j < scales.size(); ++j) {
      const int scale = to_code(scales[j] * inverse_of(d), -128, 127);
      out[192 + j] = static_cast<std::uint8_t>(static_cast<std::int8_t>(scale));
      const float inverse = inverse_of(d * static_cast<float>(scale));
      for (std::size_t i = kSixteen * j; i < kSixteen * (j + 1); ++i) {
        const int q = to_code(x[i] * inverse, -32, 31) + 32;
        const std::size_t half = i / 128, quarter = i % 128 / 32;
        out[64 * half + quarter % 2 * 32 + i % 32] |=
            static_cast<std::uint8_t>((q & 15) << (quarter / 2 * 4));
        out[128 + 32 * half + i % 32] |= static_cast<std::uint8_t>(q >> 4 << (2 * quarter));
      }
    }
  }
}

}  // namespace quire
