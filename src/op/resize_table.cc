#include "op/resize_table.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/bicubic.h"
#include "base/status.h"

namespace quire {
namespace {

// (outer, from, inner) -> (outer, to, inner), along the middle axis.
template <typename In, typename Out>
void resize_axis(const In* in, std::size_t outer, std::size_t from, std::size_t inner,
                 std::size_t to, Out* out) {
  const BicubicTaps taps(from, to);
  std::vector<double> sum(inner);
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < to; ++i) {
      std::fill(sum.begin(), sum.end(), 0.0);
      const In* source = in + (o * from + taps.first(i)) * inner;
      for (const double weight : taps.weights(i)) {
        for (std::size_t c = 0; c < inner; ++c) sum[c] += weight * static_cast<double>(source[c]);
        source += inner;
      }
      Out* target = out + (o * to + i) * inner;
      for (std::size_t c = 0; c < inner; ++c) target[c] = static_cast<Out>(sum[c]);
    }
  }
}

}  // namespace

void resize_table_bicubic(const float* in, std::size_t height, std::size_t width,
                          std::size_t channels, std::size_t new_height, std::size_t new_width,
                          float* out) {
  std::vector<double> rows(height * new_width * channels);  // (height, new_width, channels)
  resize_axis(in, height, width, channels, new_width, rows.data());
  resize_axis(rows.data(), 1, height, new_width * channels, new_height, out);
}

void resize_rows_linear(const float* in, std::size_t rows, std::size_t width, std::size_t new_rows,
                        float* out) {
  QUIRE_CHECK(rows > 0 && new_rows > 0);
  const float scale = static_cast<float>(rows) / static_cast<float>(new_rows);
  for (std::size_t i = 0; i < new_rows; ++i) {
    const float at = std::max((static_cast<float>(i) + 0.5F) * scale - 0.5F, 0.0F);
    const auto low = std::min(static_cast<std::size_t>(at), rows - 1);
    const std::size_t high = std::min(low + 1, rows - 1);
    const float part = at - static_cast<float>(low);
    for (std::size_t c = 0; c < width; ++c) {
      out[i * width + c] = (1 - part) * in[low * width + c] + part * in[high * width + c];
    }
  }
}

}  // namespace quire
