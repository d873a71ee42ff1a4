#include "op/spatial_attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/thread_pool.h"
#include "kernel/kernels.h"
#include "op/test_values.h"

namespace quire {
namespace {

// The specification, position by position, in double: pad, split into windows, attend, put back.
std::vector<double> twin(const Tensor& qkv, const SpatialAttention& a) {
  const std::size_t channels = rows_of(qkv).cols / 3, d = channels / a.heads;
  const std::size_t side_y = a.window ? a.window : a.height, side_x = a.window ? a.window : a.width;
  const auto row = [&](std::size_t y, std::size_t x) {
    return y < a.height && x < a.width ? rows_of(qkv).row(y * a.width + x) : a.padding;
  };
  std::vector<double> out(a.height * a.width * channels);
  for (std::size_t y = 0; y < a.height; ++y) {
    for (std::size_t x = 0; x < a.width; ++x) {
      for (std::size_t head = 0; head < a.heads; ++head) {
        const float* q = row(y, x) + head * d;
        const std::size_t top = y / side_y * side_y, left = x / side_x * side_x;
        std::vector<double> scores;
        double sum = 0;
        for (std::size_t ky = top; ky < top + side_y; ++ky) {
          for (std::size_t kx = left; kx < left + side_x; ++kx) {
            const float* k = row(ky, kx) + channels + head * d;
            double dot = 0, along_y = 0, along_x = 0;
            for (std::size_t c = 0; c < d; ++c) {
              dot += static_cast<double>(q[c]) * k[c];
              if (a.rel_h)
                along_y +=
                    static_cast<double>(q[c]) * a.rel_h->values[(y + side_y - 1 - ky) * d + c];
              if (a.rel_w)
                along_x +=
                    static_cast<double>(q[c]) * a.rel_w->values[(x + side_x - 1 - kx) * d + c];
            }
            scores.push_back(std::exp(dot / std::sqrt(static_cast<double>(d)) + along_y + along_x));
            sum += scores.back();
          }
        }
        for (std::size_t i = 0; i < scores.size(); ++i) {
          const float* v = row(top + i / side_x, left + i % side_x) + 2 * channels + head * d;
          for (std::size_t c = 0; c < d; ++c) {
            out[(y * a.width + x) * channels + head * d + c] += scores[i] / sum * v[c];
          }
        }
      }
    }
  }
  return out;
}

void check(const SpatialAttention& attention, std::int64_t channels) {
  const auto tokens = static_cast<std::int64_t>(attention.height * attention.width);
  const Tensor qkv = random_tensor({tokens, 3 * channels});
  Tensor out({tokens, channels});
  spatial_attention(rows_of(qkv), attention, rows_of(out));
  const std::vector<double> want = twin(qkv, attention);
  EXPECT_LT(relative_error(out.values, want), 2e-6)
      << attention.height << "x" << attention.width << " window " << attention.window;

  SpatialAttention whole = attention;
  whole.products = Products::kInt16;
  spatial_attention(rows_of(qkv), whole, rows_of(out));
  EXPECT_LT(relative_error(out.values, want), 1e-3);

  // In bfloat16 each of four factors is off by 2^-8 at most; errors of scores of a few units in the
  // exponent count as often, but no two of them add up.
  SpatialAttention rounded = attention;
  rounded.products = Products::kBf16;
  spatial_attention(rows_of(qkv), rounded, rows_of(out));
  const double error = relative_error(out.values, want);
  EXPECT_LT(error, 4 * 0x1p-8);
  if (kernel::kernels().gemm_bf16 != nullptr) {
    EXPECT_GT(error, 1e-4) << "that was not bfloat16";
  }
}

TEST(SpatialAttention, PlainSequences) {
  for (std::size_t tokens : {1u, 2u, 65u, 401u})
    check({.heads = 3, .height = 1, .width = tokens}, 3 * 20);
}

TEST(SpatialAttention, WholeGridWithRelativePositions) {
  for (int threads : {1, 3}) {
    set_threads(threads);
    const Tensor rel_h = random_tensor({2 * 9 - 1, 16}, 5),
                 rel_w = random_tensor({2 * 33 - 1, 16}, 6);
    check({.heads = 4, .height = 9, .width = 33, .rel_h = &rel_h, .rel_w = &rel_w}, 64);
  }
  set_threads(0);
}

// More keys than are taken at a time, the last block a smaller one.
TEST(SpatialAttention, KeysInBlocks) {
  const Tensor rel_h = random_tensor({2 * 40 - 1, 16}, 5, 2.0f),
               rel_w = random_tensor({2 * 33 - 1, 16}, 6);
  check({.heads = 1, .height = 40, .width = 33, .rel_h = &rel_h, .rel_w = &rel_w}, 16);
}

TEST(SpatialAttention, WindowsWithPadding) {
  const Tensor rel = random_tensor({27, 16}, 5), other = random_tensor({27, 16}, 6);
  const Tensor padding = random_tensor({3 * 32}, 7);
  // Whole windows; cut windows; one window larger than the grid.
  for (std::size_t side : {28u, 32u, 4u}) {
    check({.heads = 2,
           .height = side,
           .width = side,
           .window = 14,
           .padding = padding.data(),
           .rel_h = &rel,
           .rel_w = &other},
          32);
  }
}

}  // namespace
}  // namespace quire
