// The kernels for AVX-512: the shared algorithms in this set's words. Compiled with this set
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
}  // namespace

const Kernels avx512_table = {
    .name = "avx512",
    .gemm = gemm,
    .pack = {pack<kWeightF32>, pack<kWeightF16>, pack<kWeightBF16>},
    .gemm_bf16 = nullptr,
    .pack_bf16 = {},
    .dot_rows = {dot_rows<kWeightF32>, dot_rows<kWeightF16>, dot_rows<kWeightBF16>},
    .quantise_q8 = quantise_q8,
    .pack_q8 = pack_q8,
    .gemm_q8 = gemm_q8,
    .weighted_sum = weighted_sum,
    .busy_f32 = busy_f32,
    .busy_int8 = nullptr,
    .busy_bf16 = nullptr,
    .read_memory = read_memory,
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
