// Every kernel of every set that this machine has, on sizes of the official model: operations or
// bytes a second on one thread. The names are KERNEL/SET, so --benchmark_filter picks either.
//
//   kernel_bench --benchmark_filter='gemm.*/avx512'
#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernel/kernels.h"

namespace quire::kernel {
namespace {

std::vector<float> values(std::size_t n, unsigned seed = 1) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> all(n);
  for (float& value : all) value = normal(generator);
  return all;
}

std::vector<std::uint16_t> halves(std::size_t n) {
  const std::vector<float> wide = values(n, 2);
  std::vector<std::uint16_t> all(n);
  scalar_kernels().to_f16(wide.data(), n, all.data());
  return all;
}

enum class Unit { kOperations, kBytes, kValues };

// `amount` is what one call does or reads.
void add(const std::string& kernel, const Kernels& table, Unit unit, double amount,
         const std::function<void()>& call) {
  const char* const names[] = {"FLOP/s", "B/s", "values/s"};
  benchmark::RegisterBenchmark((kernel + "/" + table.name).c_str(), [=](benchmark::State& state) {
    for (auto _ : state) call();
    state.counters[names[static_cast<int>(unit)]] = benchmark::Counter(
        amount, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  })->Unit(benchmark::kMicrosecond);
}

// Products: a slab of a SAM layer, and the decoder's layers with one row and with sixteen.
void add_products(const Kernels& table) {
  const std::size_t m = kStrassenRows, n = 768, k = 2 * kStrassenDepth;
  const double operations = 2.0 * static_cast<double>(m * n * k);
  const auto a = std::make_shared<std::vector<float>>(values(m * k));
  const auto w = std::make_shared<std::vector<float>>(values(n * k));
  const auto c = std::make_shared<std::vector<float>>(m * n);
  const auto packed = std::make_shared<std::vector<float>>(packed_size(n, k));
  table.pack[kWeightF32](w->data(), k * sizeof(float), n, k, packed->data());
  const auto rows = std::make_shared<std::vector<float>>(prepared_size(m, k));
  table.prepare(m, k, a->data(), k, rows->data());
  add("gemm", table, Unit::kOperations, operations, [=, &table] {
    table.gemm(m, n, k, rows->data(), packed->data(), c->data(), n, nullptr, Start::kZero);
  });
  add("pack", table, Unit::kValues, static_cast<double>(n * k),
      [=, &table] { table.pack[kWeightF32](w->data(), k * sizeof(float), n, k, packed->data()); });
  if (table.gemm_strassen != nullptr) {
    const auto seven = std::make_shared<std::vector<float>>(7 * n * k / 4);
    const auto work = std::make_shared<std::vector<float>>(kStrassenWork);
    for (std::size_t pair = 0; pair < n / kStrassenCols; ++pair) {
      table.pack_strassen(pair, n, k / 2, packed->data() + pair * kStrassenCols * k, seven->data());
    }
    add("gemm_strassen", table, Unit::kOperations, operations, [=, &table] {
      table.gemm_strassen(m, n, k / 2, a->data(), k, seven->data(), c->data(), n, nullptr,
                          Start::kZero, work->data());
    });
  }
  const auto shorts = std::make_shared<std::vector<std::uint32_t>>(packed_int16(n, k));
  table.pack_int16[kWeightF32](w->data(), k * sizeof(float), n, k, shorts->data());
  const auto short_rows = std::make_shared<std::vector<std::uint32_t>>(prepared_pairs(m, k));
  table.prepare_int16(m, k, a->data(), k, short_rows->data());
  add("gemm_int16", table, Unit::kOperations, operations, [=, &table] {
    table.gemm_int16(m, n, k, short_rows->data(), shorts->data(), c->data(), n, nullptr,
                     Start::kZero);
  });
  add("prepare_int16", table, Unit::kValues, static_cast<double>(m * k),
      [=, &table] { table.prepare_int16(m, k, a->data(), k, short_rows->data()); });
  add("pack_int16", table, Unit::kValues, static_cast<double>(n * k), [=, &table] {
    table.pack_int16[kWeightF32](w->data(), k * sizeof(float), n, k, shorts->data());
  });
  if (table.gemm_bf16 != nullptr) {
    const auto pairs = std::make_shared<std::vector<std::uint32_t>>(packed_pairs(n, k));
    table.pack_bf16[kWeightF32](w->data(), k * sizeof(float), n, k, pairs->data());
    const auto pair_rows = std::make_shared<std::vector<std::uint32_t>>(prepared_pairs(m, k));
    table.prepare_bf16(m, k, a->data(), k, pair_rows->data());
    add("gemm_bf16", table, Unit::kOperations, operations, [=, &table] {
      table.gemm_bf16(m, n, k, pair_rows->data(), pairs->data(), c->data(), n, nullptr,
                      Start::kZero);
    });
  }
}

void add_int8(const Kernels& table) {
  constexpr const char* kNames[kPanelTypes] = {"q8_0", "q4_0", "q5_0", "q4_k", "q5_k", "q6_k"};
  const std::size_t n = 896, k = 1280;  // an expert
  for (const PanelType type :
       {kPanelQ8_0, kPanelQ4_0, kPanelQ5_0, kPanelQ4_K, kPanelQ5_K, kPanelQ6_K}) {
    const PanelLayout& layout = kPanelLayouts[type];
    const std::size_t row_bytes = k / layout.group * layout.file_bytes;
    const auto stored = std::make_shared<std::vector<std::uint8_t>>(n * row_bytes, 1);
    const auto packed = std::make_shared<std::vector<std::uint8_t>>(packed_int8_size(type, n, k));
    table.pack_int8[type](stored->data(), row_bytes, n, k, packed->data());
    add(std::string("pack_") + kNames[type], table, Unit::kBytes,
        static_cast<double>(packed->size()),
        [=, &table] { table.pack_int8[type](stored->data(), row_bytes, n, k, packed->data()); });
    for (const std::size_t m : {1u, 16u, 64u}) {
      const auto x = values(m * k);
      const auto rows = std::make_shared<std::vector<Q8Block>>(m * k / kQ8Block);
      const auto y = std::make_shared<std::vector<float>>(m * n);
      for (std::size_t i = 0; i < m; ++i)
        table.quantise_q8(&x[i * k], k, &(*rows)[i * k / kQ8Block]);
      add(std::string("gemm_") + kNames[type] + "_" + std::to_string(m) +
              (m == 1 ? "_row" : "_rows"),
          table, Unit::kOperations, 2.0 * static_cast<double>(m * n * k), [=, &table] {
            table.gemm_int8[type](m, n, k, rows->data(), packed->data(), y->data(), n);
          });
    }
  }
}

// Attention of one head over 2,000 positions of a cache.
void add_attention(const Kernels& table) {
  const std::size_t n = 2000, d = 128;
  const auto q = std::make_shared<std::vector<float>>(values(d));
  const auto scores = std::make_shared<std::vector<float>>(n);
  const auto out = std::make_shared<std::vector<float>>(d);
  const auto over = [&](const std::string& name, WeightType type, auto cache) {
    const std::size_t row_bytes = cache->size() * sizeof((*cache)[0]) / n;
    const auto bytes = static_cast<double>(n * row_bytes);
    add("dot_rows_" + name, table, Unit::kBytes, bytes, [=, &table] {
      table.dot_rows[type](1, n, d, q->data(), d, cache->data(), row_bytes, scores->data(), n);
    });
    add("weighted_sum_" + name, table, Unit::kBytes, bytes, [=, &table] {
      table.weighted_sum[type](n, d, scores->data(), cache->data(), row_bytes, out->data(),
                               Start::kZero);
    });
  };
  over("f16", kWeightF16, std::make_shared<std::vector<std::uint16_t>>(halves(n * d)));
  over("q8_0", kRowQ8_0,
       std::make_shared<std::vector<std::uint8_t>>(
           n * d / kQ8Block * kPanelLayouts[kPanelQ8_0].file_bytes, 60));
}

void add_rows(const Kernels& table) {
  const std::size_t n = 3072;
  const auto x = std::make_shared<std::vector<float>>(values(n));
  const auto y = std::make_shared<std::vector<float>>(n);
  const auto w = std::make_shared<std::vector<float>>(values(n, 3));
  const auto each = [&](const char* name, auto call) {
    add(name, table, Unit::kValues, static_cast<double>(n), [=] { call(*x, *y, *w); });
  };
  using Values = std::vector<float>;
  each("softmax", [&table](Values& v, Values&, Values&) { table.softmax(v.data(), v.size()); });
  each("gelu", [&table](Values& v, Values&, Values&) { table.gelu(v.data(), v.size()); });
  each("silu_mul", [&table](Values& v, Values& to, Values& up) {
    table.silu_mul(v.data(), up.data(), v.size(), to.data());
  });
  each("layer_norm", [&table](Values& v, Values& to, Values& weight) {
    table.layer_norm(v.data(), v.size(), weight.data(), weight.data(), 1e-6f, to.data());
  });
  each("rms_norm", [&table](Values& v, Values& to, Values& weight) {
    table.rms_norm(v.data(), v.size(), weight.data(), 1e-6f, to.data());
  });
}

}  // namespace
}  // namespace quire::kernel

int main(int argc, char** argv) {
  using namespace quire::kernel;
  for (const Kernels* table : {avx512bf16_kernels(), avx512vnni_kernels(), avx512_kernels(),
                               avx2_kernels(), &scalar_kernels()}) {
    if (table == nullptr) continue;
    add_products(*table);
    add_int8(*table);
    add_attention(*table);
    add_rows(*table);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
