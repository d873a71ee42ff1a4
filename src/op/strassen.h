// linear() for many rows and a large weight with an eighth of the products left out (Strassen's
// method, kernel/vector_strassen.h). Which rows share sums depends on their number alone, so the
// result is the same bits on any number of threads.
#pragma once

#include "op/linear.h"

namespace quire {

// Whether the method takes a product of this size, and gains by it.
bool strassen_pays(std::size_t rows, const Weight& w);

// linear(), for a product that strassen_pays() for.
void linear_strassen(ConstRows x, const Weight& w, const LinearOptions& options, Rows y);

}  // namespace quire
