#include "op/int8_panels.h"

#include <algorithm>

#include "base/file.h"
#include "base/keep_bytes.h"
#include "kernel/kernels.h"
#include "op/split.h"

namespace quire {

using kernel::kPanelRows;
using kernel::kQ8Block;

kernel::PanelType panel_type(DType dtype) {
  switch (dtype) {
    case DType::kQ4_0:
      return kernel::kPanelQ4_0;
    case DType::kQ5_0:
      return kernel::kPanelQ5_0;
    case DType::kQ4_K:
      return kernel::kPanelQ4_K;
    case DType::kQ5_K:
      return kernel::kPanelQ5_K;
    case DType::kQ6_K:
      return kernel::kPanelQ6_K;
    default:
      return kernel::kPanelQ8_0;
  }
}

const std::uint8_t* Int8Panels::of(const Weight& w) {
  std::call_once(once_, [&] {
    const kernel::PanelType type = panel_type(w.dtype);
    const kernel::PanelLayout& layout = kernel::kPanelLayouts[type];
    QUIRE_CHECK(w.cols % layout.group == 0);
    const std::size_t count = (w.rows + kPanelRows - 1) / kPanelRows;
    const std::size_t panel_bytes = kernel::packed_int8_size(type, kPanelRows, w.cols);
    const std::size_t row_bytes = w.cols / layout.group * layout.file_bytes;
    const bool rounded = type == kernel::kPanelQ8_0 && w.dtype != DType::kQ8_0;
    panels_ = keep_bytes(count * panel_bytes);
    split(count, kPanelRows * w.cols, [&](std::size_t begin, std::size_t end) {
      std::vector<float> values(rounded ? kPanelRows * w.cols : 0);
      std::vector<std::uint8_t> q8(rounded ? kPanelRows * row_bytes : 0);
      if (w.mapped) {
        const std::size_t first = begin * kPanelRows, last = std::min(w.rows, end * kPanelRows);
        fetch_pages({w.row(first), (last - first) * w.stride_bytes()});
      }
      for (std::size_t panel = begin; panel < end; ++panel) {
        const std::size_t row = panel * kPanelRows, n = std::min(kPanelRows, w.rows - row);
        const std::uint8_t* blocks = w.row(row);
        if (rounded) {
          for (std::size_t i = 0; i < n; ++i) w.copy_row(row + i, values.data() + i * w.cols);
          dtype_info(DType::kQ8_0).encode(values.data(), n * w.cols, q8.data());
          blocks = q8.data();
        }
        kernel::kernels().pack_int8[type](blocks, row_bytes, n, w.cols,
                                          panels_.get() + panel * panel_bytes);
      }
    });
    if (w.mapped) release_pages({w.data, w.rows * w.stride_bytes()});
  });
  return panels_.get();
}

Int8Rows::Int8Rows(ConstRows x)
    : blocks_in_row_(x.cols / kQ8Block),
      blocks_(std::make_unique_for_overwrite<kernel::Q8Block[]>(x.rows * blocks_in_row_)) {
  split(x.rows, 2 * x.cols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      kernel::kernels().quantise_q8(x.row(i), x.cols, &blocks_[i * blocks_in_row_]);
  });
}

}  // namespace quire
