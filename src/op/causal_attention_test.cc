#include "op/causal_attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "op/rope.h"
#include "op/test_values.h"
#include "tensor/half.h"

namespace quire {
namespace {

constexpr std::size_t kHeads = 4, kKvHeads = 2, kSize = 24, kCapacity = 64;

struct Cache {
  Tensor keys = random_tensor({kKvHeads, kCapacity, kSize}, 3),
         values = random_tensor({kKvHeads, kCapacity, kSize}, 4);
  static const std::uint8_t* bytes_of(const Tensor& tensor) {
    return reinterpret_cast<const std::uint8_t*>(tensor.data());
  }
  CausalRun run(std::size_t first, std::size_t rows) const {
    return {bytes_of(keys), bytes_of(values), DType::kF32, kCapacity, first, rows};
  }
};

TEST(CausalAttention, IsTheDefinition) {
  const Cache cache;
  const Tensor q = random_tensor({40, kHeads * kSize});
  const CausalRun runs[] = {cache.run(7, 37), cache.run(0, 3)};
  Tensor out(q.shape);
  causal_attention(rows_of(q), runs, kHeads, kKvHeads, rows_of(out));

  std::vector<double> want(out.size());
  for (std::size_t i = 0; i < 40; ++i) {
    const std::size_t position = i < 37 ? 7 + i : i - 37;
    for (std::size_t head = 0; head < kHeads; ++head) {
      const std::size_t cached = head * kKvHeads / kHeads * kCapacity * kSize;
      std::vector<double> p;
      double sum = 0;
      for (std::size_t key = 0; key <= position; ++key) {
        double dot = 0;
        for (std::size_t c = 0; c < kSize; ++c) {
          dot += static_cast<double>(rows_of(q).row(i)[head * kSize + c]) *
                 cache.keys.values[cached + key * kSize + c];
        }
        p.push_back(std::exp(dot / std::sqrt(24.0)));
        sum += p.back();
      }
      for (std::size_t key = 0; key <= position; ++key) {
        for (std::size_t c = 0; c < kSize; ++c) {
          want[(i * kHeads + head) * kSize + c] +=
              p[key] / sum * cache.values.values[cached + key * kSize + c];
        }
      }
    }
  }
  EXPECT_LT(relative_error(out.values, want), 2e-6);
}

TEST(CausalAttention, OneByOneGivesTheSameBits) {
  const Cache cache;
  const Tensor q = random_tensor({37, kHeads * kSize});
  Tensor together(q.shape), alone(q.shape);
  const CausalRun all[] = {cache.run(7, 37)};
  causal_attention(rows_of(q), all, kHeads, kKvHeads, rows_of(together));
  for (std::size_t i = 0; i < 37; ++i) {
    const CausalRun one[] = {cache.run(7 + i, 1)};
    causal_attention(rows_of(q).slice(i, 1), one, kHeads, kKvHeads, rows_of(alone).slice(i, 1));
  }
  EXPECT_EQ(together.values, alone.values);
}

// Rounded keys and values as float32 give what the same values as float16 give: only the cache is
// rounded, nothing that is computed from it.
TEST(CausalAttention, HalvesAreWidenedExactly) {
  Cache cache;
  std::vector<std::uint16_t> keys(cache.keys.size()), values(keys.size());
  kernel::kernels().to_f16(cache.keys.data(), keys.size(), keys.data());
  kernel::kernels().to_f16(cache.values.data(), values.size(), values.data());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    cache.keys.values[i] = f16_to_float(keys[i]);
    cache.values.values[i] = f16_to_float(values[i]);
  }
  const Tensor q = random_tensor({37, kHeads * kSize});
  Tensor wide(q.shape), half(q.shape);
  const CausalRun runs[] = {cache.run(7, 37)};
  causal_attention(rows_of(q), runs, kHeads, kKvHeads, rows_of(wide));
  CausalRun halves[] = {runs[0]};
  halves[0].keys = reinterpret_cast<const std::uint8_t*>(keys.data());
  halves[0].values = reinterpret_cast<const std::uint8_t*>(values.data());
  halves[0].type = DType::kF16;
  causal_attention(rows_of(q), halves, kHeads, kKvHeads, rows_of(half));
  EXPECT_EQ(half.values, wide.values);
}

// Blocks as the float32 that they stand for: the order of sums is another, nothing else. Enough
// positions for several strips.
TEST(CausalAttention, BlocksAreWidenedExactly) {
  const std::size_t size = 64, capacity = 200, first = 120, rows = 37;
  Tensor q = random_tensor({rows, 2 * size});
  Tensor keys = random_tensor({1, capacity, size}, 3),
         values = random_tensor({1, capacity, size}, 4);
  const auto in_blocks = [](Tensor& tensor) {
    std::vector<std::uint8_t> bytes = *from_float(DType::kQ8_0, tensor.values);
    to_float({DType::kQ8_0, tensor.shape, bytes}, tensor.data());
    return bytes;
  };
  const std::vector<std::uint8_t> key_blocks = in_blocks(keys), value_blocks = in_blocks(values);
  Tensor wide(q.shape), blocks(q.shape), alone(q.shape);
  const CausalRun floats[] = {
      {Cache::bytes_of(keys), Cache::bytes_of(values), DType::kF32, capacity, first, rows}};
  causal_attention(rows_of(q), floats, 2, 1, rows_of(wide));
  CausalRun run{key_blocks.data(), value_blocks.data(), DType::kQ8_0, capacity, first, rows};
  causal_attention(rows_of(q), {&run, 1}, 2, 1, rows_of(blocks));
  EXPECT_LT(relative_error(blocks.values, {wide.values.begin(), wide.values.end()}), 1e-6);
  for (std::size_t i = 0; i < rows; ++i) {
    run.first = first + i;
    run.rows = 1;
    causal_attention(rows_of(q).slice(i, 1), {&run, 1}, 2, 1, rows_of(alone).slice(i, 1));
  }
  EXPECT_EQ(alone.values, blocks.values);
}

TEST(Rope, TurnsHalvesByPosition) {
  Rope rope(8, 10000.0);
  rope.prepare(12);
  Tensor x = random_tensor({2, 16});
  const Tensor before = x;
  rope.apply(rows_of(x), 10);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t head = 0; head < 2; ++head) {
      for (std::size_t j = 0; j < 4; ++j) {
        const double theta =
            static_cast<double>(10 + i) * std::pow(10000.0, -2.0 * static_cast<double>(j) / 8);
        const double a = before.values[i * 16 + head * 8 + j],
                     b = before.values[i * 16 + head * 8 + 4 + j];
        EXPECT_NEAR(x.values[i * 16 + head * 8 + j], a * std::cos(theta) - b * std::sin(theta),
                    1e-5);
        EXPECT_NEAR(x.values[i * 16 + head * 8 + 4 + j], b * std::cos(theta) + a * std::sin(theta),
                    1e-5);
      }
    }
  }
}

}  // namespace
}  // namespace quire
