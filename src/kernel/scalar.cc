// The slow twin of every kernel: plain loops that can be checked by eye, sums in double. It is what
// the vector kernels are tested against, and what runs where there are none.
#include <math.h>
#include <string.h>

#include "kernel/tables.h"

namespace quire::kernel {
namespace {

float from_bits(std::uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

float widen_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 31u,
                      mantissa = half & 1023u;
  if (exponent == 31) return from_bits(sign | 0x7f800000u | mantissa << 13);
  if (exponent == 0) {  // zero or subnormal: mantissa * 2^-24, exact in float32
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  return from_bits(sign | (exponent + 112) << 23 | mantissa << 13);
}

float half_at(const std::uint8_t* p) {
  return widen_half(static_cast<std::uint16_t>(p[0] | p[1] << 8));
}

// Value `index` of a row of Q8_0 blocks; exact.
float q8_value(const std::uint8_t* blocks, std::size_t index) {
  const std::uint8_t* const block =
      blocks + index / kQ8Block * kPanelLayouts[kPanelQ8_0].file_bytes;
  return half_at(block) * static_cast<std::int8_t>(block[2 + index % kQ8Block]);
}

// Element `index` of a weight row; rows may start at any byte.
template <WeightType type>
float weight_at(const void* row, std::size_t index) {
  const auto* const bytes = static_cast<const std::uint8_t*>(row);
  if constexpr (type == kWeightF32) {
    float value;
    memcpy(&value, bytes + 4 * index, sizeof value);
    return value;
  } else if constexpr (type == kRowQ8_0) {
    return q8_value(bytes, index);
  } else {
    std::uint16_t value;
    memcpy(&value, bytes + 2 * index, sizeof value);
    return type == kWeightF16 ? widen_half(value)
                              : from_bits(static_cast<std::uint32_t>(value) << 16);
  }
}

const void* row_of(const void* w, std::size_t stride_bytes, std::size_t row) {
  return static_cast<const char*>(w) + row * stride_bytes;
}

// Word l of row i of prepared rows (m, words).
template <typename Word>
Word& prepared_word(Word* prepared, std::size_t m, std::size_t i, std::size_t l) {
  return prepared[(l / kSlabWords * m + i) * kPreparedRow + l % kSlabWords];
}

void prepare(std::size_t m, std::size_t k, const float* a, std::size_t lda, float* prepared) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t l = 0; l < k; ++l) prepared_word(prepared, m, i, l) = a[i * lda + l];
  }
}

void gemm(std::size_t m, std::size_t n, std::size_t k, const float* prepared, const float* packed,
          float* c, std::size_t ldc, const float* bias, Start start) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const float* const panel = packed + j / kPanel * kPanel * k + j % kPanel;
      double sum = start == Start::kExists ? c[i * ldc + j] : 0.0;
      for (std::size_t l = 0; l < k; ++l)
        sum += static_cast<double>(prepared_word(prepared, m, i, l)) * panel[l * kPanel];
      c[i * ldc + j] = static_cast<float>(sum + (bias ? bias[j] : 0.0f));
    }
  }
}

template <WeightType type>
void pack(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k, float* packed) {
  for (std::size_t j = 0; j < (n + kPanel - 1) / kPanel * kPanel; ++j) {
    float* const panel = packed + j / kPanel * kPanel * k + j % kPanel;
    for (std::size_t l = 0; l < k; ++l) {
      panel[l * kPanel] = j < n ? weight_at<type>(row_of(w, stride_bytes, j), l) : 0.0f;
    }
  }
}

template <WeightType type>
void dot_rows(std::size_t m, std::size_t n, std::size_t k, const float* x, std::size_t ldx,
              const void* w, std::size_t stride_bytes, float* y, std::size_t ldy) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const void* const row = row_of(w, stride_bytes, j);
      double sum = 0;
      for (std::size_t l = 0; l < k; ++l)
        sum += static_cast<double>(x[i * ldx + l]) * weight_at<type>(row, l);
      y[i * ldy + j] = static_cast<float>(sum);
    }
  }
}

template <WeightType type>
void weighted_sum(std::size_t n, std::size_t d, const float* p, const void* v,
                  std::size_t stride_bytes, float* out, Start start) {
  for (std::size_t j = 0; j < d; ++j) {
    double sum = start == Start::kExists ? out[j] : 0.0;
    for (std::size_t i = 0; i < n; ++i)
      sum += static_cast<double>(p[i]) * weight_at<type>(row_of(v, stride_bytes, i), j);
    out[j] = static_cast<float>(sum);
  }
}

void to_f16(const float* x, std::size_t n, std::uint16_t* y) {
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    std::uint32_t half;
    if (magnitude > 0x7f800000u) {  // not a number; its upper digits stay
      half = 0x7e00u | (magnitude >> 13 & 0x3ffu);
    } else if (magnitude >= 0x477ff000u) {  // 65520 and up
      half = 0x7c00u;
    } else if (magnitude < 0x38800000u) {  // subnormal: in units of 2^-24
      half = static_cast<std::uint32_t>(nearbyintf(from_bits(magnitude) * 0x1p24f));
    } else {
      half = (magnitude - (112u << 23) + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
    }
    y[i] = static_cast<std::uint16_t>(sign | half);
  }
}

void softmax(float* x, std::size_t n) {
  float largest = x[0];
  for (std::size_t i = 1; i < n; ++i) largest = x[i] > largest ? x[i] : largest;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = expf(x[i] - largest);
    sum += x[i];
  }
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(x[i] / sum);
}

float largest(const float* x, std::size_t n) {
  float most = x[0];
  for (std::size_t i = 1; i < n; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

float softmax_step(float* x, std::size_t n, float here, float* largest, float* sum) {
  const float before = *largest;
  *largest = here > before ? here : before;
  const float factor = expf(before - *largest);
  double total = static_cast<double>(*sum) * factor;
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = expf(x[i] - *largest);
    total += x[i];
  }
  *sum = static_cast<float>(total);
  return factor;
}

void gelu(float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    x[i] = static_cast<float>(0.5 * x[i] * erfc(-x[i] * M_SQRT1_2));
}

void quick_gelu(float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(x[i] / (1.0 + exp(-1.702 * x[i])));
}

void silu_mul(const float* gate, const float* up, std::size_t n, float* y) {
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = static_cast<float>(gate[i] / (1.0 + exp(-static_cast<double>(gate[i]))) * up[i]);
  }
}

void add_to(const float* x, std::size_t n, float* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] += x[i];
}

void add_scaled(float a, const float* x, std::size_t n, float* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

void layer_norm(const float* x, std::size_t n, const float* weight, const float* bias, float eps,
                float* y) {
  double mean = 0, variance = 0;
  for (std::size_t i = 0; i < n; ++i) mean += x[i];
  mean /= static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i) variance += (x[i] - mean) * (x[i] - mean);
  variance /= static_cast<double>(n);
  const double scale = 1.0 / sqrt(variance + eps);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = static_cast<float>((x[i] - mean) * scale * weight[i] + bias[i]);
  }
}

void rms_norm(const float* x, std::size_t n, const float* weight, float eps, float* y) {
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) squares += static_cast<double>(x[i]) * x[i];
  const double scale = 1.0 / sqrt(squares / static_cast<double>(n) + eps);
  for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<float>(x[i] * scale * weight[i]);
}

void rope(float* v, std::size_t half, const float* cosines, const float* sines) {
  for (std::size_t j = 0; j < half; ++j) {
    const float a = v[j], b = v[j + half];
    v[j] = a * cosines[j] - b * sines[j];
    v[j + half] = b * cosines[j] + a * sines[j];
  }
}

float add_rel_pos(float* s, std::size_t height, std::size_t width, const float* along_y,
                  const float* along_x) {
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) s[y * width + x] += along_y[y] + along_x[x];
  }
  return largest(s, height * width);
}

#include "kernel/pack_int8.h"

void quantise_q8(const float* x, std::size_t k, Q8Block* out) {
  for (const float* const end = x + k; x != end; x += kQ8Block, ++out) {
    float peak = 0;
    for (std::size_t i = 0; i < kQ8Block; ++i) peak = fmaxf(peak, fabsf(x[i]));
    const float inverse = peak > 0 ? 127.0f / peak : 0.0f;
    std::int32_t sums[2] = {};
    for (std::size_t i = 0; i < kQ8Block; ++i) {
      out->values[i] = static_cast<std::int8_t>(nearbyintf(x[i] * inverse));
      sums[i / 16] += out->values[i];
    }
    out->scale = peak / 127.0f;
    out->minus_sum = -out->scale * static_cast<float>(sums[0] + sums[1]);
    out->offset = -128 * (sums[0] + sums[1]);
    out->halves[0] = -32 * sums[0];
    out->halves[1] = -32 * sums[1];
  }
}

void from_q8(const void* blocks, std::size_t n, float* y) {
  for (std::size_t i = 0; i < n; ++i) y[i] = q8_value(static_cast<const std::uint8_t*>(blocks), i);
}

// Value k of row r of a group, as the panel has it (int8.h).
template <PanelType type>
double packed_value(const std::uint8_t* group, std::size_t r, std::size_t k) {
  constexpr PanelLayout layout = kPanelLayouts[type];
  const std::size_t b = k / kQ8Block, i = k % kQ8Block, word = i / 4;
  const std::uint8_t* const block = group + layout.header_bytes + b * layout.block_bytes;
  const std::uint8_t* const values = block + 4 * r + i % 4;
  const double d = half_at(group + 2 * r);
  if constexpr (type == kPanelQ8_0) return d * (values[word * kRowWords] - 128);
  const int nibble = values[word % 4 * kRowWords] >> (word / 4 * 4) & 15;
  if constexpr (type == kPanelQ4_0) return d * (nibble - 8);
  if constexpr (type == kPanelQ6_K) {
    const int top = values[(4 + word / 4) * kRowWords] >> (2 * (word % 4)) & 3;
    const std::uint8_t scale = group[2 * kPanelRows + (2 * b + i / 16) * kPanelRows + r];
    return d * static_cast<std::int8_t>(scale) * ((nibble | top << 4) - 32);
  } else {
    const int fifth = type == kPanelQ4_K ? 0 : values[4 * kRowWords] >> word & 1;
    if constexpr (type == kPanelQ5_0) return d * ((nibble | fifth << 4) - 16);
    const std::uint8_t* const scales = group + 4 * kPanelRows + b * 2 * kPanelRows + r;
    const double dmin = half_at(group + 2 * kPanelRows + 2 * r);
    return d * scales[0] * (nibble | fifth << 4) - dmin * scales[kPanelRows];
  }
}

template <PanelType type>
void gemm_int8(std::size_t m, std::size_t n, std::size_t k, const Q8Block* x,
               const std::uint8_t* packed, float* y, std::size_t ldy) {
  constexpr PanelLayout layout = kPanelLayouts[type];
  const std::size_t blocks = k / kQ8Block;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::uint8_t* const panel =
          packed + j / kPanelRows * packed_int8_size(type, kPanelRows, k);
      double sum = 0;
      for (std::size_t l = 0; l < k; ++l) {
        const std::uint8_t* const group = panel + l / layout.group * layout.group_bytes();
        const Q8Block& block = x[i * blocks + l / kQ8Block];
        sum += packed_value<type>(group, j % kPanelRows, l % layout.group) *
               block.values[l % kQ8Block] * block.scale;
      }
      y[i * ldy + j] = static_cast<float>(sum);
    }
  }
}

double busy_f32(std::size_t rounds, float* sink) {
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 2; i < 12; ++i) sink[i] = sink[i] * sink[0] + sink[1];
  }
  return 20.0 * static_cast<double>(rounds);
}

double busy_int16(std::size_t rounds, float* sink) {
  std::uint32_t sums[10] = {};
  const auto a = static_cast<std::uint32_t>(sink[0] * 8),
             b = static_cast<std::uint32_t>(sink[1] * 8);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::uint32_t& sum : sums) sum = sum * a + b;
  }
  for (const std::uint32_t sum : sums) sink[0] += static_cast<float>(sum);
  return 20.0 * static_cast<double>(rounds);
}

// To nearest, ties to even; the values that kernels see are finite.
std::uint16_t to_bf16(float value) {
  std::uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
float of_bf16(std::uint32_t half) { return from_bits(half << 16); }

// One half of a pair: value l of a row or column.
std::uint32_t half_of(std::uint32_t pair, std::size_t l) {
  return l % 2 ? pair >> 16 : pair & 0xffff;
}

void prepare_bf16(std::size_t m, std::size_t k, const float* a, std::size_t lda,
                  std::uint32_t* prepared) {
  for (std::size_t i = 0; i < m; ++i) {
    const float* const row = a + i * lda;
    for (std::size_t l = 0; l < k; l += 2) {
      const std::uint32_t second = l + 1 < k ? to_bf16(row[l + 1]) : 0;
      prepared_word(prepared, m, i, l / 2) = to_bf16(row[l]) | second << 16;
    }
  }
}

void gemm_bf16(std::size_t m, std::size_t n, std::size_t k, const std::uint32_t* prepared,
               const std::uint32_t* packed, float* c, std::size_t ldc, const float* bias,
               Start start) {
  const std::size_t pairs = (k + 1) / 2;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::uint32_t* const panel = packed + j / kPanel * kPanel * pairs + j % kPanel;
      double sum = start == Start::kExists ? c[i * ldc + j] : 0.0;
      for (std::size_t l = 0; l < k; ++l) {
        const std::uint32_t x = prepared_word(prepared, m, i, l / 2);
        sum += static_cast<double>(of_bf16(half_of(x, l))) *
               of_bf16(half_of(panel[l / 2 * kPanel], l));
      }
      c[i * ldc + j] = static_cast<float>(sum + (bias ? bias[j] : 0.0f));
    }
  }
}

template <WeightType type>
void pack_bf16(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k,
               std::uint32_t* packed) {
  const std::size_t pairs = (k + 1) / 2;
  for (std::size_t j = 0; j < (n + kPanel - 1) / kPanel * kPanel; ++j) {
    std::uint32_t* const panel = packed + j / kPanel * kPanel * pairs + j % kPanel;
    const auto at = [&](std::size_t l) -> std::uint32_t {
      return j < n && l < k ? to_bf16(weight_at<type>(row_of(w, stride_bytes, j), l)) : 0;
    };
    for (std::size_t l = 0; l < pairs; ++l) panel[l * kPanel] = at(2 * l) | at(2 * l + 1) << 16;
  }
}

// A block's values as whole numbers, and their scale (int16.h).
struct Int16Values {
  float scale = 0;
  float values[kInt16Block] = {};
};
template <typename At>
Int16Values int16_values(std::size_t n, bool power_of_2, const At& at) {
  Int16Values block;
  float squares[kInt16Sums] = {}, peak = 0;
  for (std::size_t i = 0; i < n; ++i) {
    squares[i % kInt16Sums] = fmaf(at(i), at(i), squares[i % kInt16Sums]);
    peak = fmaxf(peak, fabsf(at(i)));
  }
  for (std::size_t half = kInt16Sums / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) squares[i] += squares[i + half];
  }
  const float norm = sqrtf(squares[0]);
  if (norm < kInt16Least) return block;
  block.scale = norm / kInt16Norm;
  if (!isfinite(norm)) return block;
  block.scale = fmaxf(block.scale, peak / kInt16Most);
  if (power_of_2) {
    int exponent;
    const float fraction = frexpf(block.scale, &exponent);
    block.scale = ldexpf(1.0f, fraction == 0.5f ? exponent - 1 : exponent);
  }
  const float inverse = 1 / block.scale;
  for (std::size_t i = 0; i < n; ++i) block.values[i] = nearbyintf(at(i) * inverse);
  return block;
}

std::size_t int16_blocks(std::size_t k) { return (k + kInt16Block - 1) / kInt16Block; }
std::size_t int16_values_left(std::size_t k, std::size_t block) {
  const std::size_t left = k - block * kInt16Block;
  return left < kInt16Block ? left : kInt16Block;
}

// Two of a block's values as a word.
std::uint32_t int16_pair(const Int16Values& block, std::size_t pair) {
  const auto half = [&](std::size_t l) -> std::uint32_t {
    return static_cast<std::uint16_t>(static_cast<std::int16_t>(block.values[l]));
  };
  return half(2 * pair) | half(2 * pair + 1) << 16;
}

void prepare_int16(std::size_t m, std::size_t k, const float* a, std::size_t lda,
                   std::uint32_t* prepared) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t b = 0; b < int16_blocks(k); ++b) {
      const float* const from = a + i * lda + b * kInt16Block;
      const Int16Values block =
          int16_values(int16_values_left(k, b), false, [&](std::size_t l) { return from[l]; });
      std::uint32_t* const to = &prepared_word(prepared, m, i, b * kInt16Pairs);
      for (std::size_t l = 0; l < kInt16Pairs; ++l) to[l] = int16_pair(block, l);
      const std::size_t in_slab = b % (kSlabWords / kInt16Pairs);
      memcpy(to + kSlabWords - in_slab * (kInt16Pairs - 1), &block.scale, sizeof block.scale);
    }
  }
}

void gemm_int16(std::size_t m, std::size_t n, std::size_t k, const std::uint32_t* prepared,
                const std::uint32_t* packed, float* c, std::size_t ldc, const float* bias,
                Start start) {
  const std::size_t blocks = int16_blocks(k);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      float sum = start == Start::kExists ? c[i * ldc + j] : 0.0f;
      for (std::size_t b = 0; b < blocks; ++b) {
        const std::uint32_t* const panel =
            packed + (j / kPanel * blocks + b) * kInt16BlockWords + j % kPanel;
        const std::uint32_t* const x = &prepared_word(prepared, m, i, b * kInt16Pairs);
        double dot = 0;  // of whole numbers, and so exact
        for (std::size_t l = 0; l < int16_values_left(k, b); ++l) {
          const auto weight = static_cast<std::int16_t>(half_of(panel[(1 + l / 2) * kPanel], l));
          dot += static_cast<double>(static_cast<std::int16_t>(half_of(x[l / 2], l))) * weight;
        }
        const std::size_t in_slab = b % (kSlabWords / kInt16Pairs);
        const float scale =
            from_bits(x[kSlabWords - in_slab * (kInt16Pairs - 1)]) * from_bits(panel[0]);
        sum = fmaf(scale, static_cast<float>(dot), sum);
      }
      c[i * ldc + j] = sum + (bias ? bias[j] : 0.0f);
    }
  }
}

template <WeightType type>
void pack_int16(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k,
                std::uint32_t* packed) {
  const std::size_t blocks = int16_blocks(k);
  for (std::size_t j = 0; j < (n + kPanel - 1) / kPanel * kPanel; ++j) {
    for (std::size_t b = 0; b < blocks; ++b) {
      const Int16Values block =
          int16_values(j < n ? int16_values_left(k, b) : 0, true, [&](std::size_t l) {
            return weight_at<type>(row_of(w, stride_bytes, j), b * kInt16Block + l);
          });
      std::uint32_t* const out = packed + (j / kPanel * blocks + b) * kInt16BlockWords + j % kPanel;
      for (std::size_t l = 0; l < kInt16Pairs; ++l) out[(1 + l) * kPanel] = int16_pair(block, l);
      memcpy(&out[0], &block.scale, sizeof block.scale);
    }
  }
}

float read_memory(const float* x, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += x[i];
  return static_cast<float>(sum);
}

}  // namespace

const Kernels scalar_table = {
    .name = "scalar",
#include "kernel/table_entries.h"
    .prepare_bf16 = prepare_bf16,
    .gemm_bf16 = gemm_bf16,
    .pack_bf16 = {pack_bf16<kWeightF32>, pack_bf16<kWeightF16>, pack_bf16<kWeightBF16>},
};

}  // namespace quire::kernel
