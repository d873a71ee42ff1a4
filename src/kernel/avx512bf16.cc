// The kernels for AVX-512 with VNNI and BF16: the shared algorithms in this set's words. Compiled
// with this set switched on, so it uses nothing from the standard library and keeps everything but
// its table to itself (scripts/check_weak_symbols).
#ifdef __x86_64__
#include <immintrin.h>

#include "kernel/tables.h"

namespace quire::kernel {
namespace {
#include "kernel/vector_bytes.h"  // before the vocabulary

#include "kernel/vector_avx512.h"
#include "kernel/vector_busy.h"  // after the vocabulary
#include "kernel/vector_busy_int8.h"
#include "kernel/vector_int8.h"
#include "kernel/vector_matrix.h"
#include "kernel/vector_rows.h"
#include "kernel/vector_strassen.h"

#include "kernel/vector_bf16.h"  // after what they share with vector_matrix.h
#include "kernel/vector_int16.h"
}  // namespace

const Kernels avx512bf16_table = {
    .name = "avx512bf16",
#include "kernel/table_entries.h"
    .prepare_bf16 = prepare_bf16,
    .gemm_bf16 = gemm_bf16,
    .pack_bf16 = {pack_bf16<kWeightF32>, pack_bf16<kWeightF16>, pack_bf16<kWeightBF16>},
    .gemm_strassen = gemm_strassen,
    .pack_strassen = pack_strassen,
    .busy_int8 = busy_int8,
    .busy_bf16 = busy_bf16,
};

}  // namespace quire::kernel
#endif
