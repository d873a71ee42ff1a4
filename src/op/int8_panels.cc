#include "op/int8_panels.h"

#include <algorithm>

#include "base/file.h"
#include "kernel/kernels.h"
#include "op/split.h"

namespace quire {

using kernel::kQ8Block;
using kernel::kQ8PanelRows;

const std::uint8_t* Int8Panels::of(const Weight& w) {
  std::call_once(once_, [&] {
    QUIRE_CHECK(w.cols % kQ8Block == 0);
    const std::size_t count = (w.rows + kQ8PanelRows - 1) / kQ8PanelRows;
    const std::size_t panel_bytes = kernel::packed_q8_size(kQ8PanelRows, w.cols);
    const std::size_t row_bytes = w.cols / kQ8Block * kernel::kQ8BlockBytes;
    panels_ = std::make_unique_for_overwrite<std::uint8_t[]>(count * panel_bytes);
    split(count, kQ8PanelRows * w.cols, [&](std::size_t begin, std::size_t end) {
      std::vector<float> values(w.dtype == DType::kQ8_0 ? 0 : kQ8PanelRows * w.cols);
      std::vector<std::uint8_t> rounded(w.dtype == DType::kQ8_0 ? 0 : kQ8PanelRows * row_bytes);
      for (std::size_t panel = begin; panel < end; ++panel) {
        const std::size_t row = panel * kQ8PanelRows, n = std::min(kQ8PanelRows, w.rows - row);
        const std::uint8_t* blocks = w.row(row);
        if (w.dtype != DType::kQ8_0) {
          for (std::size_t i = 0; i < n; ++i) w.copy_row(row + i, values.data() + i * w.cols);
          dtype_info(DType::kQ8_0).encode(values.data(), n * w.cols, rounded.data());
          blocks = rounded.data();
        }
        kernel::kernels().pack_q8(blocks, row_bytes, n, w.cols,
                                  panels_.get() + panel * panel_bytes);
      }
    });
    if (w.mapped) release_pages({w.data, w.rows * w.stride_bytes()});
  });
  return panels_.get();
}

Int8Rows::Int8Rows(ConstRows x)
    : cols_(x.cols),
      values_(x.rows * x.cols),
      scales_(x.rows * x.cols / kQ8Block),
      offsets_(scales_.size()) {
  split(x.rows, 2 * x.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      kernel::kernels().quantise_q8(x.row(i), x.cols, from(i));
  });
}

kernel::Q8Rows Int8Rows::from(std::size_t row) {
  const std::size_t block = row * cols_ / kQ8Block;
  return {values_.data() + row * cols_, scales_.data() + block, offsets_.data() + block};
}

}  // namespace quire
