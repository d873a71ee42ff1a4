// y = x W^T + b for many rows, the work of the encoder. Weights are packed into panels on the way
// (1 to 3% of the time at 1,000 rows), so they can stay in the file's own type and order.
//
// Weight::products says what they are multiplied in; rows are rounded to it on the way.
//
// Large products in float32 leave out an eighth of the multiplications (op/strassen.h). In all
// others each output's sum runs over k in order, whatever the number of rows or columns. The number
// of threads changes no bit of either.
#pragma once

#include "op/rows.h"
#include "op/weight.h"

namespace quire {

enum class Activation { kNone, kGelu, kQuickGelu };

struct LinearOptions {
  const float* bias = nullptr;                // (w.rows)
  bool accumulate = false;                    // y += instead of y =; a residual connection
  Activation activation = Activation::kNone;  // applied last
};

void activate(Activation activation, float* values, std::size_t n);

// x (rows, w.cols) -> y (rows, w.rows). y does not overlap x.
void linear(ConstRows x, const Weight& w, const LinearOptions& options, Rows y);

}  // namespace quire
