// The tables behind kernels.h, one for each file that is compiled for its own instruction set.
#pragma once

#include "kernel/kernels.h"

namespace quire::kernel {

extern const Kernels scalar_table;  // scalar.cc
#ifdef __x86_64__
extern const Kernels avx2_table;        // avx2.cc
extern const Kernels avx512_table;      // avx512.cc
extern const Kernels avx512vnni_table;  // avx512vnni.cc
extern const Kernels avx512bf16_table;  // avx512bf16.cc
#endif

}  // namespace quire::kernel
