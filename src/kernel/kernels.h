// The arithmetic of the engine on raw pointers: one table of functions for each instruction set,
// the best of them chosen once, at the first call of kernels().
//
// Everything here is single-threaded, allocates nothing, reports no errors and makes no demand on
// alignment; the op room checks shapes and splits work. All values are float32; weights may also be
// float16 or bfloat16 and are widened on the fly, which is exact.
//
// What callers may lean on:
//   * In every table, the result for one row never depends on how many rows are computed with it.
//   * In the vector tables, the sums behind gemm() run over k in order, one fused multiply-add at
//     a time, so splitting k into blocks (`start`) changes no bit of the result.
//   * scalar_kernels() is the slow twin: plain loops, sums in double. Tests hold the others to it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/int16.h"
#include "kernel/int8.h"
#include "kernel/panel.h"

namespace quire::kernel {

// Element types of a weight matrix, and Q8_0 (int8.h), which only what reads rows where they lie
// takes. Values index the arrays in Kernels.
enum WeightType : int {
  kWeightF32,
  kWeightF16,
  kWeightBF16,
  kWeightTypes,
  kRowQ8_0 = kWeightTypes,
  kRowTypes
};
inline constexpr std::size_t kWeightBytes[kWeightTypes] = {4, 2, 2};

// Strassen's products take n a multiple of kStrassenCols, k = 2 * depth, depth a multiple of 16 and
// at most kStrassenDepth, and at most kStrassenRows rows at a time, so that they and copies of them
// stay in a second-level cache.
inline constexpr std::size_t kStrassenCols = 2 * kPanel, kStrassenRows = 112, kStrassenDepth = 384;
inline constexpr std::size_t kStrassenWork = (kStrassenRows / 2 + 1) * (kStrassenDepth + 16);

// What gemm() adds its products to.
enum class Start {
  kZero,    // c = a b + bias
  kExists,  // c = c + a b + bias
};

struct Kernels {
  const char* name;  // "scalar", "avx2", "avx512", "avx512vnni", "avx512bf16"

  // Prepares a (m, k; rows lda apart) for gemm(): prepared_size(m, k) values.
  void (*prepare)(std::size_t m, std::size_t k, const float* a, std::size_t lda, float* prepared);
  // c (m, n; rows ldc apart) = [c +] prepared (m, k) * packed (n, k) [+ bias (n)].
  void (*gemm)(std::size_t m, std::size_t n, std::size_t k, const float* prepared,
               const float* packed, float* c, std::size_t ldc, const float* bias, Start start);

  // Packs w (n, k; rows stride_bytes apart).
  void (*pack[kWeightTypes])(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k,
                             float* packed);

  // y (m, n; rows ldy apart): y[i][j] = x_i . w_j, for x (m, k; rows ldx apart) and weights
  // w (n, k; rows stride_bytes apart) as they lie in a file. k of Q8_0 is a multiple of 32.
  void (*dot_rows[kRowTypes])(std::size_t m, std::size_t n, std::size_t k, const float* x,
                              std::size_t ldx, const void* w, std::size_t stride_bytes, float* y,
                              std::size_t ldy);

  // out (d) = [out +] the sum over i < n of p[i] * v_i, v (n, d; rows stride_bytes apart), added in
  // this order. d of Q8_0 is a multiple of 32.
  void (*weighted_sum[kRowTypes])(std::size_t n, std::size_t d, const float* p, const void* v,
                                  std::size_t stride_bytes, float* out, Start start);

  // y (n) = x (n) as float16: to the nearest, ties to even; beyond 65519 infinity.
  void (*to_f16)(const float* x, std::size_t n, std::uint16_t* y);

  // y (n) = Q8_0 blocks (int8.h) as float32, n a multiple of 32; exact.
  void (*from_q8)(const void* blocks, std::size_t n, float* y);

  // Int8 products (int8.h); k is a multiple of 32.
  void (*quantise_q8)(const float* x, std::size_t k, Q8Block* out);  // one row, k / 32 blocks
  // Packs rows of blocks w (n, k; stride_bytes apart); k is a multiple of the type's group.
  void (*pack_int8[kPanelTypes])(const void* w, std::size_t stride_bytes, std::size_t n,
                                 std::size_t k, std::uint8_t* packed);
  // y (m, n; rows ldy apart) = x (m, k / 32) * packed (n, k).
  void (*gemm_int8[kPanelTypes])(std::size_t m, std::size_t n, std::size_t k, const Q8Block* x,
                                 const std::uint8_t* packed, float* y, std::size_t ldy);

  // Keeps the units busy for `rounds` rounds and returns how many operations (multiplications and
  // additions) that were: what the machine can do at most. sink: 12 values, read and written.
  double (*busy_f32)(std::size_t rounds, float* sink);
  double (*busy_int16)(std::size_t rounds, float* sink);
  // The sum of n values, read as fast as the memory gives them.
  float (*read_memory)(const float* x, std::size_t n);

  // In place, over n values.
  void (*softmax)(float* x, std::size_t n);  // n > 0
  // A softmax piece by piece (Milakov and Gimelshein, "Online normalizer calculation for softmax"):
  // x = e^(x - largest), with the largest so far; what the pieces before gave shrinks by the factor
  // returned, and so did sum before x was added to it. First piece: -infinity and 0. here: the
  // largest of x.
  float (*softmax_step)(float* x, std::size_t n, float here, float* largest, float* sum);
  float (*largest)(const float* x, std::size_t n);  // n > 0
  void (*gelu)(float* x, std::size_t n);            // 0.5 v (1 + erf(v / sqrt 2))
  void (*quick_gelu)(float* x, std::size_t n);      // v sigmoid(1.702 v)

  void (*silu_mul)(const float* gate, const float* up, std::size_t n, float* y);  // silu(gate) * up
  void (*add)(const float* x, std::size_t n, float* y);                           // y += x
  void (*add_scaled)(float a, const float* x, std::size_t n, float* y);           // y += a x

  // y = (x - mean) / sqrt(variance + eps) * weight + bias, biased variance.
  void (*layer_norm)(const float* x, std::size_t n, const float* weight, const float* bias,
                     float eps, float* y);
  // y = x / sqrt(mean(x^2) + eps) * weight.
  void (*rms_norm)(const float* x, std::size_t n, const float* weight, float eps, float* y);

  // Half-split rotary: (a, b) = (v[j], v[j + half]) -> (a cos - b sin, b cos + a sin), j < half.
  void (*rope)(float* v, std::size_t half, const float* cosines, const float* sines);

  // s (height, width) += along_y (height) for each row + along_x (width) for each column. Returns
  // the largest.
  float (*add_rel_pos)(float* s, std::size_t height, std::size_t width, const float* along_y,
                       const float* along_x);

  // gemm() in block floating point (int16.h): near twice as fast, and within 1.5e-4 on random rows.
  // A row or column with a value that is not finite comes out as not finite.
  void (*prepare_int16)(std::size_t m, std::size_t k, const float* a, std::size_t lda,
                        std::uint32_t* prepared);  // prepared_pairs(m, k)
  void (*gemm_int16)(std::size_t m, std::size_t n, std::size_t k, const std::uint32_t* prepared,
                     const std::uint32_t* packed, float* c, std::size_t ldc, const float* bias,
                     Start start);
  void (*pack_int16[kWeightTypes])(const void* w, std::size_t stride_bytes, std::size_t n,
                                   std::size_t k, std::uint32_t* packed);

  // What follows is null where a set has no such instruction, or would not gain by it.

  // gemm() with both factors rounded to bfloat16 and sums in float32; packed (n, k) as pairs
  // along k: (ceil(n / kPanel), ceil(k / 2), kPanel) of two bfloat16 each, the first in the low
  // half.
  void (*prepare_bf16)(std::size_t m, std::size_t k, const float* a, std::size_t lda,
                       std::uint32_t* prepared) = nullptr;  // prepared_pairs(m, k)
  void (*gemm_bf16)(std::size_t m, std::size_t n, std::size_t k, const std::uint32_t* prepared,
                    const std::uint32_t* packed, float* c, std::size_t ldc, const float* bias,
                    Start start) = nullptr;
  void (*pack_bf16[kWeightTypes])(const void* w, std::size_t stride_bytes, std::size_t n,
                                  std::size_t k, std::uint32_t* packed) = {};
  // gemm() with seven products for eight (vector_strassen.h): a seventh faster, and errors relative
  // to the largest rows and columns beside a value instead of its own. seven: n columns packed by
  // pack_strassen(). work: kStrassenWork values, written.
  void (*gemm_strassen)(std::size_t m, std::size_t n, std::size_t depth, const float* a,
                        std::size_t lda, const float* seven, float* c, std::size_t ldc,
                        const float* bias, Start start, float* work) = nullptr;
  // A pair of panels, packed (kStrassenCols, 2 * depth), to its places in `seven` (7, n /
  // kStrassenCols, depth, kPanel).
  void (*pack_strassen)(std::size_t pair, std::size_t n, std::size_t depth, const float* packed,
                        float* seven) = nullptr;

  double (*busy_int8)(std::size_t rounds, float* sink) = nullptr;
  double (*busy_bf16)(std::size_t rounds, float* sink) = nullptr;
};

const Kernels& scalar_kernels();
// Null where this build or this machine lacks the set.
const Kernels* avx2_kernels();
const Kernels* avx512_kernels();
const Kernels* avx512vnni_kernels();  // AVX-512 with VNNI
const Kernels* avx512bf16_kernels();  // and with BF16

// The table in use: the widest this machine has, or the one that the environment variable
// QUIRE_ISA names (scalar, avx2, avx512, avx512vnni, avx512bf16); a set this machine lacks falls
// back to the widest it has.
const Kernels& kernels();
const char* isa_name();  // kernels().name

// kernels() for tests: uses `table` from now on. Call it while nothing else computes.
void use_kernels(const Kernels& table);

}  // namespace quire::kernel
