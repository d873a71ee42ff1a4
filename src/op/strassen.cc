#include "op/strassen.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "kernel/kernels.h"
#include "op/split.h"

namespace quire {
namespace {

using kernel::kernels;
using kernel::kPanel;
using kernel::kStrassenCols;
using kernel::kStrassenDepth;

// With fewer rows, summing up the weights takes what the products save (measured at 257).
constexpr std::size_t kLeastRows = 512;
// Columns multiplied at a time: their sums for one slab (4 MB) stay in a third-level cache while
// all rows pass, and the rows' sums are made for as many columns as that allows.
constexpr std::size_t kColumns = 1024;

// Half the length of k that is multiplied at a time: the most that divides k, 0 when that is
// little.
std::size_t depth_of(std::size_t k) {
  for (std::size_t depth = kStrassenDepth; k > 0 && depth >= kStrassenDepth / 3; depth -= 16) {
    if (k % (2 * depth) == 0) return depth;
  }
  return 0;
}

// Parts of nearly equal height; a multiple of four of them, for an equal share on few threads.
std::size_t parts_of(std::size_t rows) {
  return ((rows + kernel::kStrassenRows - 1) / kernel::kStrassenRows + 3) / 4 * 4;
}

}  // namespace

bool strassen_pays(std::size_t rows, const Weight& w) {
  const std::size_t depth = depth_of(w.cols);
  return kernels().gemm_strassen != nullptr && rows >= kLeastRows && depth > 0 &&
         w.rows % kStrassenCols == 0 && 2 * depth % dtype_info(w.dtype).block_elements == 0;
}

void linear_strassen(ConstRows x, const Weight& w, const LinearOptions& options, Rows y) {
  const std::size_t depth = depth_of(w.cols), slabs = w.cols / (2 * depth);
  const std::size_t strips = (w.rows + kColumns - 1) / kColumns, pairs = w.rows / kStrassenCols;
  const std::size_t parts = parts_of(x.rows);
  const auto seven =
      std::make_unique_for_overwrite<float[]>(7 * ((pairs + strips - 1) / strips) * depth * kPanel);
  for (std::size_t strip = 0; strip < strips; ++strip) {
    const std::size_t first = strip * pairs / strips, count = (strip + 1) * pairs / strips - first;
    const std::size_t column = first * kStrassenCols, n = count * kStrassenCols;
    for (std::size_t slab = 0; slab < slabs; ++slab) {
      const std::size_t from = slab * 2 * depth;
      const auto sum_weights = [&](std::size_t begin, std::size_t end) {
        std::vector<float> decoded;
        const auto packed =
            std::make_unique_for_overwrite<float[]>(kernel::packed_size(kStrassenCols, 2 * depth));
        for (std::size_t pair = begin; pair < end; ++pair) {
          const KernelRows rows =
              w.kernel_rows(column + pair * kStrassenCols, kStrassenCols, from, 2 * depth, decoded);
          kernels().pack[rows.type](rows.data, rows.stride_bytes, kStrassenCols, 2 * depth,
                                    packed.get());
          kernels().pack_strassen(pair, n, depth, packed.get(), seven.get());
        }
      };
      default_pool().parallel_for(count, 1, sum_weights, kPartsPerThread);
      const bool exists = options.accumulate || slab > 0, last = slab + 1 == slabs;
      const auto multiply = [&](std::size_t begin, std::size_t end) {
        const auto work = std::make_unique_for_overwrite<float[]>(kernel::kStrassenWork);
        for (std::size_t part = begin; part < end; ++part) {
          const std::size_t row = part * x.rows / parts, m = (part + 1) * x.rows / parts - row;
          kernels().gemm_strassen(
              m, n, depth, x.row(row) + from, x.stride, seven.get(), y.row(row) + column, y.stride,
              options.bias && slab == 0 ? options.bias + column : nullptr,
              exists ? kernel::Start::kExists : kernel::Start::kZero, work.get());
          if (!last) continue;
          for (std::size_t i = row; i < row + m; ++i)
            activate(options.activation, y.row(i) + column, n);
        }
      };
      default_pool().parallel_for(parts, 1, multiply, kPartsPerThread);
    }
  }
}

}  // namespace quire
