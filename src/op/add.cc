#include "op/add.h"

#include "kernel/kernels.h"
#include "op/split.h"

namespace quire {

void add(ConstRows x, Rows y) {
  QUIRE_CHECK(x.rows == y.rows && x.cols == y.cols);
  split(x.rows, x.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) kernel::kernels().add(x.row(i), x.cols, y.row(i));
  });
}

}  // namespace quire
