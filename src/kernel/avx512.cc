// The kernels for AVX-512: the shared algorithms in this set's words. Compiled with this set
// switched on, so it uses nothing from the standard library and keeps everything but its table to
// itself (scripts/check_weak_symbols).
#ifdef __x86_64__
#include <immintrin.h>

#include "kernel/tables.h"

namespace quire::kernel {
namespace {
#include "kernel/vector_bytes.h"  // before the vocabulary

#include "kernel/vector_avx512.h"
#include "kernel/vector_busy.h"  // after the vocabulary
#include "kernel/vector_int8.h"
#include "kernel/vector_matrix.h"
#include "kernel/vector_rows.h"
#include "kernel/vector_strassen.h"

#include "kernel/vector_int16.h"  // after what it shares with vector_matrix.h
}  // namespace

const Kernels avx512_table = {
    .name = "avx512",
#include "kernel/table_entries.h"
    .gemm_strassen = gemm_strassen,
    .pack_strassen = pack_strassen,
};

}  // namespace quire::kernel
#endif
