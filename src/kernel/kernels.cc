#include "kernel/kernels.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

#include "kernel/tables.h"

namespace quire::kernel {
namespace {

const Kernels* choose() {
  const Kernels* const widest_first[] = {avx512bf16_kernels(), avx512vnni_kernels(),
                                         avx512_kernels(), avx2_kernels(), &scalar_kernels()};
  if (const char* wanted = std::getenv("QUIRE_ISA")) {
    for (const Kernels* table : widest_first) {
      if (table != nullptr && std::strcmp(table->name, wanted) == 0) return table;
    }
  }
  for (const Kernels* table : widest_first) {
    if (table != nullptr) return table;
  }
  return &scalar_kernels();
}

std::atomic<const Kernels*>& slot() {
  static std::atomic<const Kernels*> chosen = choose();
  return chosen;
}

}  // namespace

const Kernels& scalar_kernels() { return scalar_table; }

#ifdef __x86_64__
const Kernels* avx2_kernels() {
  const bool present = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                       __builtin_cpu_supports("f16c");
  return present ? &avx2_table : nullptr;
}
const Kernels* avx512_kernels() {
  const bool present = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return present ? &avx512_table : nullptr;
}
const Kernels* avx512vnni_kernels() {
  return avx512_kernels() && __builtin_cpu_supports("avx512vnni") ? &avx512vnni_table : nullptr;
}
const Kernels* avx512bf16_kernels() {
  return avx512vnni_kernels() && __builtin_cpu_supports("avx512bf16") ? &avx512bf16_table : nullptr;
}
#else
const Kernels* avx2_kernels() { return nullptr; }
const Kernels* avx512_kernels() { return nullptr; }
const Kernels* avx512vnni_kernels() { return nullptr; }
const Kernels* avx512bf16_kernels() { return nullptr; }
#endif

const Kernels& kernels() { return *slot().load(std::memory_order_relaxed); }
const char* isa_name() { return kernels().name; }
void use_kernels(const Kernels& table) { slot().store(&table); }

}  // namespace quire::kernel
