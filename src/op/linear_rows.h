// y = x W^T for few rows or many weights, the work of the decoder: weights are read once, in the
// order and type they have in the file, and used for all rows meanwhile. With one row this runs at
// the speed of memory.
//
// Weights that use int8 are multiplied in int8, with rows quantised on the way.
//
// A row's result does not depend on how many rows are computed with it: decoding a batch gives the
// bits that decoding alone gives, and a long prompt those of the same tokens one by one.
#pragma once

#include <span>

#include "op/rows.h"
#include "op/weight.h"

namespace quire {

struct RowsTask {
  ConstRows x;  // (rows, w->cols)
  const Weight* w = nullptr;
  Rows y;  // (rows, w->rows)
};

// Does all tasks, splitting their total work evenly over the threads: one wait for q, k and v, or
// for all experts of a layer.
void linear_rows(std::span<const RowsTask> tasks);

}  // namespace quire
