// What this machine can do at most, measured: the limits that every speed is held against.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "op/products.h"

namespace quire {

struct Machine {
  std::string cpu;  // as the system names it
  int threads = 1;
  std::string isa;      // the kernels in use
  double mem_gb_s = 0;  // reading memory, all threads, 10^9 bytes a second
  // Multiply-adds of registers, two operations each, all threads.
  double f32_gflop_s = 0, int16_gop_s = 0;
  // 0: the kernels in use have no unit of its own for it.
  double bf16_gflop_s = 0, int8_gop_s = 0;
};

// Takes about a second and 512 MiB.
Machine measure_machine();

// The same limits at this moment, for shares of measurements made beside them: what a virtual
// machine's neighbours leave changes from one second to the next. Each answer takes 10 to 50 ms.
double gflop_s_now(Products products);
class MemoryNow {
 public:
  MemoryNow();
  double gb_s();

 private:
  // 256 MiB, read a quarter at a time: a last-level cache can hold one.
  std::vector<float> memory_;
  std::size_t quarter_ = 0;
};

}  // namespace quire
