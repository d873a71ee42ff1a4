// Position tables made for one size of picture, resized for another (architecture.md, sections 5.1
// and 5.4). Done once for each size of view, not in the hot path.
#pragma once

#include <cstddef>

namespace quire {

// in (height, width, channels) -> out (new_height, new_width, channels): bicubic with antialias,
// half-pixel centres. Sizes are at least 1; `in` and `out` do not overlap.
void resize_table_bicubic(const float* in, std::size_t height, std::size_t width,
                          std::size_t channels, std::size_t new_height, std::size_t new_width,
                          float* out);

// in (rows, width) -> out (new_rows, width): linear along the rows, half-pixel centres, clamped.
// For the relative-position tables of global attention.
void resize_rows_linear(const float* in, std::size_t rows, std::size_t width, std::size_t new_rows,
                        float* out);

}  // namespace quire
