// Products in int8: a weight matrix as panels (kernel/int8.h), and rows quantised for them. Twice
// as many values fit a register as in bfloat16 and four times as many as in float32, and a Q8_0
// file's weights, and those of Q4_K, Q5_K and Q6_K, are used without rounding them again; the rows
// lose what is below a 254th of the largest of each 32 values.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "kernel/int8.h"
#include "op/rows.h"
#include "op/weight.h"

namespace quire {

// The panels that weights of a type are packed to: their own, or else those of Q8_0.
kernel::PanelType panel_type(DType dtype);

class Int8Panels {
 public:
  // The panels of `w`, always the same weight; w.cols is a multiple of 32. Packed at the first call
  // (types without panels of their own are rounded to Q8_0) on all threads; then the pages of a
  // mapped file are given back, because they are not read again. Any thread.
  const std::uint8_t* of(const Weight& w);

 private:
  std::once_flag once_;
  std::shared_ptr<std::uint8_t[]> panels_;
};

class Int8Rows {
 public:
  explicit Int8Rows(ConstRows x);
  const kernel::Q8Block* row(std::size_t i) const { return &blocks_[i * blocks_in_row_]; }

 private:
  std::size_t blocks_in_row_;
  std::unique_ptr<kernel::Q8Block[]> blocks_;
};

}  // namespace quire
