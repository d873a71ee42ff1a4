// c (m, n) = a (m, k) w^T, w (n, k): from three loops to what the encoder runs. One thread.
#include <cstring>

#include "kernel/kernels.h"
#include "lab/ladder.h"

namespace {

using namespace quire::kernel;
using quire::lab::Rung;

constexpr std::size_t kM = kStrassenRows, kN = 768, kK = 2 * kStrassenDepth;

// Rung 1: the definition. One sum at a time, so each addition waits for the one before it.
void three_loops(const float* a, const float* w, float* c) {
  for (std::size_t i = 0; i < kM; ++i) {
    for (std::size_t j = 0; j < kN; ++j) {
      float sum = 0;
      for (std::size_t l = 0; l < kK; ++l) sum += a[i * kK + l] * w[j * kK + l];
      c[i * kN + j] = sum;
    }
  }
}

// Rung 2: k outside, columns inside. The sums no longer wait for each other and the compiler makes
// vectors of them, but every one is read and written again for each k.
void columns_inside(const float* a, const std::vector<float>& turned, float* c) {
  std::memset(c, 0, kM * kN * sizeof(float));
  for (std::size_t i = 0; i < kM; ++i) {
    for (std::size_t l = 0; l < kK; ++l) {
      const float x = a[i * kK + l];
      for (std::size_t j = 0; j < kN; ++j) c[i * kN + j] += x * turned[l * kN + j];
    }
  }
}

// Rung 3: tiles of 4 x 8 sums that stay in registers while k passes.
void register_tiles(const float* a, const std::vector<float>& turned, float* c) {
  for (std::size_t i = 0; i < kM; i += 4) {
    for (std::size_t j = 0; j < kN; j += 8) {
      float sum[4][8] = {};
      for (std::size_t l = 0; l < kK; ++l) {
        for (std::size_t r = 0; r < 4; ++r) {
          for (std::size_t s = 0; s < 8; ++s)
            sum[r][s] += a[(i + r) * kK + l] * turned[l * kN + j + s];
        }
      }
      for (std::size_t r = 0; r < 4; ++r) std::memcpy(c + (i + r) * kN + j, sum[r], sizeof sum[r]);
    }
  }
}

std::vector<float> turn(const std::vector<float>& w) {
  std::vector<float> turned(w.size());
  for (std::size_t j = 0; j < kN; ++j) {
    for (std::size_t l = 0; l < kK; ++l) turned[l * kN + j] = w[j * kK + l];
  }
  return turned;
}

// Rows are prepared on the way, as an op has to.
void multiply(const Kernels& table, const std::vector<float>& a, const std::vector<float>& packed,
              std::vector<float>& c) {
  std::vector<float> prepared(prepared_size(kM, kK));
  table.prepare(kM, kK, a.data(), kK, prepared.data());
  table.gemm(kM, kN, kK, prepared.data(), packed.data(), c.data(), kN, nullptr, Start::kZero);
}
void multiply_int16(const Kernels& table, const std::vector<float>& a,
                    const std::vector<std::uint32_t>& packed, std::vector<float>& c) {
  std::vector<std::uint32_t> prepared(prepared_pairs(kM, kK));
  table.prepare_int16(kM, kK, a.data(), kK, prepared.data());
  table.gemm_int16(kM, kN, kK, prepared.data(), packed.data(), c.data(), kN, nullptr, Start::kZero);
}

// Rungs 4 and up: panels and the widest tile of each set, then seven products
// for eight, and integers that share a scale.
void add_tables(const std::vector<float>& a, const std::vector<float>& w,
                std::vector<Rung>& rungs) {
  for (const Kernels* table : {avx2_kernels(), avx512_kernels(), avx512vnni_kernels()}) {
    if (table == nullptr) continue;
    std::vector<float> packed(packed_size(kN, kK)), seven(7 * kN * kK / 4);
    table->pack[kWeightF32](w.data(), kK * sizeof(float), kN, kK, packed.data());
    for (std::size_t pair = 0; pair < kN / kStrassenCols; ++pair) {
      table->pack_strassen(pair, kN, kK / 2, packed.data() + pair * kStrassenCols * kK,
                           seven.data());
    }
    rungs.push_back({std::string("packed panels, ") + table->name,
                     [table, &a, packed = std::move(packed)](std::vector<float>& c) {
                       multiply(*table, a, packed, c);
                     }});
    std::vector<std::uint32_t> words(packed_int16(kN, kK));
    table->pack_int16[kWeightF32](w.data(), kK * sizeof(float), kN, kK, words.data());
    rungs.push_back({std::string("block floating point, ") + table->name,
                     [table, &a, words = std::move(words)](std::vector<float>& c) {
                       multiply_int16(*table, a, words, c);
                     },
                     1.5e-4});
    rungs.push_back({std::string("seven products for eight, ") + table->name,
                     [table, &a, seven = std::move(seven)](std::vector<float>& c) {
                       std::vector<float> work(kStrassenWork);
                       table->gemm_strassen(kM, kN, kK / 2, a.data(), kK, seven.data(), c.data(),
                                            kN, nullptr, Start::kZero, work.data());
                     }});
  }
}

// In short bursts, of which some are left alone by whatever else runs.
double peak() {
  float sink[12] = {0.5f, 0.25f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  double best = 0;
  for (int i = 0; i < 40; ++i) {
    const double start = quire::steady_seconds();
    const double operations = kernels().busy_f32(500'000, sink);
    best = std::max(best, operations / (quire::steady_seconds() - start));
  }
  return best;
}

}  // namespace

int main() {
  const std::vector<float> a = quire::lab::random_values(kM * kK, 1),
                           w = quire::lab::random_values(kN * kK, 2), turned = turn(w);
  std::vector<float> packed(packed_size(kN, kK)), want(kM * kN);
  scalar_kernels().pack[kWeightF32](w.data(), kK * sizeof(float), kN, kK, packed.data());
  multiply(scalar_kernels(), a, packed, want);
  std::vector<Rung> rungs = {
      {"three loops", [&](auto& c) { three_loops(a.data(), w.data(), c.data()); }},
      {"columns inside", [&](auto& c) { columns_inside(a.data(), turned, c.data()); }},
      {"tiles in registers", [&](auto& c) { register_tiles(a.data(), turned, c.data()); }},
  };
  add_tables(a, w, rungs);
  // Random terms: the error of a float32 sum grows with the root of its length.
  const double tolerance = 8 * std::sqrt(static_cast<double>(kK)) * 0x1p-24;
  return quire::lab::climb(rungs, want, tolerance, 2.0 * kM * kN * kK, "FLOP/s", peak()) ? 0 : 1;
}
