#include "op/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <tuple>

#include "base/thread_pool.h"
#include "op/int8_panels.h"
#include "op/linear_rows.h"
#include "op/strassen.h"
#include "op/test_values.h"
#include "tensor/half.h"

namespace quire {
namespace {

std::vector<double> twin(const Tensor& x, const Weight& w) {
  std::vector<double> y;
  for (std::size_t i = 0; i < rows_of(x).rows; ++i) {
    for (std::size_t j = 0; j < w.rows; ++j) {
      double sum = 0;
      for (std::size_t l = 0; l < w.cols; ++l)
        sum += static_cast<double>(rows_of(x).row(i)[l]) * at(w, j, l);
      y.push_back(sum);
    }
  }
  return y;
}

class Threads : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { set_threads(GetParam()); }
  void TearDown() override { set_threads(0); }
};
INSTANTIATE_TEST_SUITE_P(Linear, Threads, testing::Values(1, 2, 3, 7));

TEST_P(Threads, LinearIsTheTwinOnOddSizes) {
  for (auto [m, n, k] :
       {std::array<int, 3>{1, 1, 1}, {3, 65, 17}, {700, 97, 300}, {200, 1030, 520}}) {
    const Tensor x = random_tensor({m, k});
    const Weight w = random_weight(n, k);
    const Tensor bias = random_tensor({n}, 3);
    Tensor y({m, n});
    linear(rows_of(x), w, {.bias = bias.data()}, rows_of(y));
    std::vector<double> want = twin(x, w);
    for (std::size_t i = 0; i < want.size(); ++i)
      want[i] += bias.values[i % static_cast<std::size_t>(n)];
    EXPECT_LT(relative_error(y.values, want), 1e-6);

    Tensor residual = random_tensor({m, n}, 4);
    for (std::size_t i = 0; i < want.size(); ++i) want[i] += residual.values[i];
    for (double& v : want) v = v / (1 + std::exp(-1.702 * v));
    linear(rows_of(x), w,
           {.bias = bias.data(), .accumulate = true, .activation = Activation::kQuickGelu},
           rows_of(residual));
    EXPECT_LT(relative_error(residual.values, want), 1e-6);
  }
}

TEST_P(Threads, LinearRowsIsTheTwinForManyTasks) {
  // Tasks of unlike sizes, none at all, and no rows: shares of the work fall anywhere.
  const int shapes[][3] = {{1, 40, 30},     {5, 1000, 64}, {0, 10, 10},
                           {130, 301, 257}, {2, 7, 5000},  {1, 1, 1}};
  std::vector<Tensor> xs, ys;
  std::vector<Weight> ws;
  for (auto [m, n, k] : shapes) {
    xs.push_back(random_tensor({m, k}));
    ws.push_back(random_weight(n, k));
    ys.push_back(Tensor({m, n}));
  }
  std::vector<RowsTask> tasks;
  for (std::size_t i = 0; i < xs.size(); ++i)
    tasks.push_back({rows_of(xs[i]), &ws[i], rows_of(ys[i])});
  linear_rows(tasks);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    if (ys[i].size() == 0) continue;
    EXPECT_LT(relative_error(ys[i].values, twin(xs[i], ws[i])), 1e-6) << i;
  }
  linear_rows({});
}

TEST_P(Threads, ARowDoesNotKnowItsNeighbours) {
  const Tensor x = random_tensor({90, 333});
  const Weight w = random_weight(101, 333);
  Tensor together({90, 101}), alone({90, 101});
  for (auto rows_fn :
       {+[](ConstRows in, const Weight&weight, Rows out) { linear(in, weight, {}, out); },
        +[](ConstRows in, const Weight&weight, Rows out) {
          const RowsTask task[] = {{in, &weight, out}};
          linear_rows(task);
        }}) {
    rows_fn(rows_of(x), w, rows_of(together));
    for (std::size_t i = 0; i < 90; ++i)
      rows_fn(rows_of(x).slice(i, 1), w, rows_of(alone).slice(i, 1));
    EXPECT_EQ(together.values, alone.values);
  }
}

// Large enough for Strassen's method, in several strips and slabs, with rows that divide into
// nothing; a shape beside it that is not.
TEST(Linear, LargeProductsWithSevenForEight) {
  for (const auto& [m, n, k] : {std::tuple{517, 64, 1024}, {515, 1088, 256}, {517, 100, 256}}) {
    const Tensor x = random_tensor({m, k}, 6);
    const Weight w = random_weight(n, k);
    const Tensor bias = random_tensor({n}, 7);
    const bool pays = n % 64 == 0 && kernel::kernels().gemm_strassen != nullptr;
    EXPECT_EQ(strassen_pays(static_cast<std::size_t>(m), w), pays);
    Tensor y = random_tensor({m, n}, 8);
    std::vector<double> want = twin(x, w);
    for (std::size_t i = 0; i < want.size(); ++i)
      want[i] += y.values[i] + bias.values[i % static_cast<std::size_t>(n)];
    linear(rows_of(x), w, {.bias = bias.data(), .accumulate = true}, rows_of(y));
    EXPECT_LT(relative_error(y.values, want), 2e-6) << n;

    // The same bits on one thread, with the activation where it belongs.
    Tensor plain({m, n}), alone({m, n}), activated({m, n});
    set_threads(3);
    linear(rows_of(x), w, {}, rows_of(plain));
    linear(rows_of(x), w, {.activation = Activation::kGelu}, rows_of(activated));
    set_threads(1);
    linear(rows_of(x), w, {}, rows_of(alone));
    set_threads(0);
    EXPECT_EQ(plain.values, alone.values);

    // Blocks of 32 are decoded slab by slab, to the same values.
    const std::vector<std::uint8_t> bytes =
        *from_float(DType::kQ8_0, {reinterpret_cast<const float*>(w.data), w.rows * w.cols});
    const Weight quantised = Weight::view({DType::kQ8_0, {n, k}, bytes});
    Tensor decoded({n, k});
    to_float({DType::kQ8_0, {n, k}, bytes}, decoded.data());
    linear(rows_of(x), quantised, {}, rows_of(y));
    linear(rows_of(x), Weight::own(decoded), {}, rows_of(alone));
    EXPECT_EQ(y.values, alone.values);
    kernel::kernels().gelu(plain.data(), plain.size());
    EXPECT_EQ(activated.values, plain.values);
  }
}

TEST(Weight, IsUsedAsItLiesInTheFile) {
  const std::vector<std::uint16_t> bits = {0x3f80, 0xc000, 0x4040,
                                           0x3f00};  // 1, -2, 3, 0.5 as bfloat16
  std::vector<std::uint8_t> bytes(8);
  std::memcpy(bytes.data(), bits.data(), 8);
  const Weight view = Weight::view({DType::kBF16, {2, 2}, bytes});
  EXPECT_EQ(view.data, bytes.data());
  EXPECT_EQ(view.stride_bytes(), 4u);
  EXPECT_TRUE(view.in_place());
  float row[2];
  view.copy_row(1, row);
  EXPECT_EQ(row[0], 3.0f);
  EXPECT_EQ(row[1], 0.5f);
}

// Both factors are off by 2^-8 at most (7 digits behind the first), evenly.
TEST_P(Threads, Bf16ProductsAreNear) {
  for (const auto& [m, n, k] : {std::tuple{70, 301, 256}, {3, 33, 77}, {700, 64, 1100}}) {
    const Tensor x = random_tensor({m, k}, 6);
    const Weight plain = Weight::own(random_tensor({n, k}, 5, 0.1f));
    Weight rounded = plain;
    rounded.products = Products::kBf16;
    Tensor got({m, n}), want({m, n});
    linear(rows_of(x), rounded, {}, rows_of(got));
    linear(rows_of(x), plain, {}, rows_of(want));
    const double error =
        relative_error(got.values, std::vector<double>(want.values.begin(), want.values.end()));
    EXPECT_LT(error, 0x1p-8 / std::sqrt(3.0) * std::sqrt(2.0));
    if (kernel::kernels().gemm_bf16 != nullptr) {
      EXPECT_GT(error, 1e-4) << "that was not bfloat16";
    }
  }
}

// 14 and 13 bits of the largest of 64 values (kernel/int16.h), and the same bits from every table.
TEST_P(Threads, Int16ProductsAreNearAndTheSameInAllTables) {
  for (const auto& [m, n, k] : {std::tuple{70, 301, 256}, {3, 33, 77}, {700, 64, 1100}}) {
    const Tensor x = random_tensor({m, k}, 6), bias = random_tensor({n}, 3);
    const Weight plain = Weight::own(random_tensor({n, k}, 5, 0.1f));
    Weight rounded = plain;
    rounded.products = Products::kInt16;
    Tensor got({m, n}), want({m, n}), again({m, n});
    linear(rows_of(x), rounded, {.bias = bias.data()}, rows_of(got));
    linear(rows_of(x), plain, {.bias = bias.data()}, rows_of(want));
    const double error =
        relative_error(got.values, std::vector<double>(want.values.begin(), want.values.end()));
    EXPECT_LT(error, 2.4e-4);
    EXPECT_GT(error, 1e-5) << "that was not int16";
    const kernel::Kernels& in_use = kernel::kernels();
    kernel::use_kernels(kernel::scalar_kernels());
    linear(rows_of(x), rounded, {.bias = bias.data()}, rows_of(again));
    kernel::use_kernels(in_use);
    EXPECT_EQ(got.values, again.values);
  }
}

// Rows of unit variance lose about 1 part in 127 / 2.5 of a standard deviation, evenly spread over
// a quantum: an error of 2.5 / 127 / sqrt(12) for each product's factor. Twice that is the bar.
TEST_P(Threads, Int8ProductsAreNearAndKnowNoNeighbours) {
  const std::int64_t n = 301, k = 256;
  const Tensor values = random_tensor({n, k}, 5, 0.1f), x = random_tensor({70, k}, 6);
  for (const DType type : {DType::kQ8_0, DType::kF32}) {
    const std::vector<std::uint8_t> bytes = *from_float(type, values.values);
    const Weight plain = Weight::view({type, {n, k}, bytes});
    Weight int8 = plain;
    int8.use_int8();
    Tensor got({70, n}), want({70, n}), alone({70, n});
    const RowsTask tasks[] = {{rows_of(x), &int8, rows_of(got)},
                              {rows_of(x), &plain, rows_of(want)}};
    linear_rows(tasks);
    double error = 0, norm = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
      error += std::pow(static_cast<double>(got.values[i]) - want.values[i], 2);
      norm += std::pow(static_cast<double>(want.values[i]), 2);
    }
    EXPECT_LT(std::sqrt(error / norm),
              2 * 2.5 / 127 / std::sqrt(12.0) * (type == DType::kF32 ? 1.5 : 1));
    EXPECT_GT(error, 0);
    for (std::size_t i = 0; i < 70; ++i) {
      const RowsTask one[] = {{rows_of(x).slice(i, 1), &int8, rows_of(alone).slice(i, 1)}};
      linear_rows(one);
    }
    EXPECT_EQ(alone.values, got.values);
  }
}

// Types of packed nibbles: random bits under scales of an ordinary size. Rows of whole numbers to
// 127 lose nothing when they are quantised, so all that is left is the order of the sums, unless a
// type is rounded once more, to Q8_0.
TEST_P(Threads, Int8TakesPackedNibbles) {
  struct Row {
    DType type;
    std::size_t scales;  // where a block's scales stand, in bytes
  };
  const std::size_t n = 37, k = 512;
  Tensor x({9, k});
  std::mt19937 random(6);
  for (float& value : x.values) value = static_cast<float>(static_cast<int>(random() % 255) - 127);
  for (std::size_t i = 0; i < x.size(); i += 32) x.values[i] = 127;  // the scale of a block is 1
  for (const auto& [type, scales] : {Row{DType::kQ4_0, 0},
                                     {DType::kQ5_0, 0},
                                     {DType::kQ4_K, 0},
                                     {DType::kQ5_K, 0},
                                     {DType::kQ6_K, 208},
                                     {DType::kQ3_K, 108}}) {
    const DTypeInfo& info = dtype_info(type);
    std::vector<std::uint8_t> bytes(n * k / info.block_elements * info.block_bytes);
    std::mt19937 generator(3);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(generator());
    for (std::size_t at = scales; at < bytes.size(); at += info.block_bytes) {
      store_u16(float_to_f16(0.001f), &bytes[at]);
      if (scales == 0 && info.block_elements == 256)
        store_u16(float_to_f16(0.002f), &bytes[at + 2]);
    }
    const TensorView stored{
        type, {static_cast<std::int64_t>(n), static_cast<std::int64_t>(k)}, bytes};
    const Weight plain = Weight::view(stored);
    Weight int8 = plain;
    int8.use_int8();
    Tensor got({9, static_cast<std::int64_t>(n)}), want(got.shape);
    const RowsTask tasks[] = {{rows_of(x), &int8, rows_of(got)},
                              {rows_of(x), &plain, rows_of(want)}};
    linear_rows(tasks);
    const double error =
        relative_error(got.values, std::vector<double>(want.values.begin(), want.values.end()));
    const bool own_panels = panel_type(type) != kernel::kPanelQ8_0;
    EXPECT_EQ(own_panels, type != DType::kQ3_K);
    EXPECT_LT(error, own_panels ? 1e-6 : 2 * 2.5 / 127 / std::sqrt(12.0)) << info.name;
  }
}

TEST_P(Threads, QuantisedWeightsGiveTheBitsOfTheirDecodedValues) {
  const std::int64_t n = 301, k = 256;
  const Tensor values = random_tensor({n, k}, 5, 0.1f), x = random_tensor({70, k}, 6);
  for (const DType type :
       {DType::kQ8_0, DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kF16}) {
    const std::vector<std::uint8_t> bytes = *from_float(type, values.values);
    const TensorView stored{type, {n, k}, bytes};
    const Weight quantised = Weight::view(stored);
    EXPECT_EQ(quantised.data, bytes.data());
    Tensor decoded({n, k});
    to_float(stored, decoded.data());
    const Weight plain = Weight::own(decoded);
    Tensor got({70, n}), want({70, n});
    linear(rows_of(x), quantised, {}, rows_of(got));
    linear(rows_of(x), plain, {}, rows_of(want));
    EXPECT_EQ(got.values, want.values) << dtype_info(type).name;
    const RowsTask tasks[] = {{rows_of(x), &quantised, rows_of(got)},
                              {rows_of(x), &plain, rows_of(want)}};
    linear_rows(tasks);
    EXPECT_EQ(got.values, want.values) << dtype_info(type).name;
  }
}

}  // namespace
}  // namespace quire
