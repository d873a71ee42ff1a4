// The kernels for AVX-512 with VNNI: the shared algorithms in this set's words. Compiled with this set
// switched on, so it uses nothing from the standard library and keeps everything but its table to
// itself (scripts/check_weak_symbols).
#ifdef __x86_64__
#include <immintrin.h>

#include "kernel/tables.h"

namespace quire::kernel {
namespace {
#include "kernel/vector_avx512.h"
#include "kernel/vector_busy.h"  // after the vocabulary
#include "kernel/vector_matrix.h"
#include "kernel/vector_q8.h"
#include "kernel/vector_rows.h"

double busy_int8(std::size_t rounds, float* sink) {
  __m512i sum[kBusySums];
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i)
    sum[i] = _mm512_set1_epi32(static_cast<int>(sink[i]));
  const __m512i a = sum[0], b = sum[1];
  for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (std::size_t i = 0; i < kBusySums; ++i) sum[i] = _mm512_dpbusd_epi32(sum[i], a, b);
  }
  __m512i all = _mm512_setzero_si512();
#pragma GCC unroll 12
  for (std::size_t i = 0; i < kBusySums; ++i) all = _mm512_add_epi32(all, sum[i]);
  sink[0] = static_cast<float>(_mm512_reduce_add_epi32(all));
  return 2.0 * 64 * kBusySums * static_cast<double>(rounds);
}

}  // namespace

const Kernels avx512vnni_table = {
    .name = "avx512vnni",
    .gemm = gemm,
    .pack = {pack<kWeightF32>, pack<kWeightF16>, pack<kWeightBF16>},
    .dot_rows = {dot_rows<kWeightF32>, dot_rows<kWeightF16>, dot_rows<kWeightBF16>},
    .quantise_q8 = quantise_q8,
    .pack_q8 = pack_q8,
    .gemm_q8 = gemm_q8,
    .weighted_sum = weighted_sum,
    .busy_f32 = busy_f32,
    .busy_int8 = busy_int8,
    .softmax = softmax,
    .gelu = gelu,
    .quick_gelu = quick_gelu,
    .silu_mul = silu_mul,
    .add = add_to,
    .add_scaled = add_scaled,
    .layer_norm = layer_norm,
    .rms_norm = rms_norm,
    .rope = rope,
    .add_rel_pos = add_rel_pos,
};

}  // namespace quire::kernel
#endif
