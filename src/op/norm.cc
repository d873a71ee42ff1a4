#include "op/norm.h"

#include "kernel/kernels.h"
#include "op/split.h"

namespace quire {

void layer_norm(ConstRows x, const Norm& norm, Rows y) {
  QUIRE_CHECK(x.rows == y.rows && x.cols == y.cols);
  QUIRE_CHECK(norm.weight.size() == x.cols && norm.bias.size() == x.cols);
  split(x.rows, 2 * x.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      kernel::kernels().layer_norm(x.row(i), x.cols, norm.weight.data(), norm.bias.data(), norm.eps,
                                   y.row(i));
    }
  });
}

void rms_norm(ConstRows x, const Norm& norm, Rows y) {
  QUIRE_CHECK(x.rows == y.rows && x.cols == y.cols && norm.weight.size() == x.cols);
  split(x.rows, 2 * x.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      kernel::kernels().rms_norm(x.row(i), x.cols, norm.weight.data(), norm.eps, y.row(i));
    }
  });
}

}  // namespace quire
