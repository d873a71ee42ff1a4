// What the products of the encoder are computed in, and how weights are packed for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/kernels.h"

namespace quire {

enum class Products {
  kFloat32,
  kInt16,  // block floating point (kernel/int16.h): within 1.5e-4, near twice as fast
  kBf16,   // both factors rounded to bfloat16: within 2e-3; kInt16 where there is no unit for it
};

// A kind of product: how many words its two factors take, and the kernels that make them and
// multiply them.

struct Float32Products {
  static constexpr const char* kName = "float32";
  using Word = float;
  static std::size_t packed(std::size_t n, std::size_t k) { return kernel::packed_size(n, k); }
  static std::size_t prepared(std::size_t m, std::size_t k) { return kernel::prepared_size(m, k); }
  static auto pack(kernel::WeightType type) { return kernel::kernels().pack[type]; }
  static auto prepare() { return kernel::kernels().prepare; }
  static auto gemm() { return kernel::kernels().gemm; }
  static auto busy() { return kernel::kernels().busy_f32; }  // its unit at its most
};
struct Int16Products {
  static constexpr const char* kName = "int16";
  using Word = std::uint32_t;
  static std::size_t packed(std::size_t n, std::size_t k) { return kernel::packed_int16(n, k); }
  static std::size_t prepared(std::size_t m, std::size_t k) { return kernel::prepared_pairs(m, k); }
  static auto pack(kernel::WeightType type) { return kernel::kernels().pack_int16[type]; }
  static auto prepare() { return kernel::kernels().prepare_int16; }
  static auto gemm() { return kernel::kernels().gemm_int16; }
  static auto busy() { return kernel::kernels().busy_int16; }  // its unit at its most
};
struct Bf16Products {
  static constexpr const char* kName = "bfloat16";
  using Word = std::uint32_t;
  static std::size_t packed(std::size_t n, std::size_t k) { return kernel::packed_pairs(n, k); }
  static std::size_t prepared(std::size_t m, std::size_t k) { return kernel::prepared_pairs(m, k); }
  static auto pack(kernel::WeightType type) { return kernel::kernels().pack_bf16[type]; }
  static auto prepare() { return kernel::kernels().prepare_bf16; }
  static auto gemm() { return kernel::kernels().gemm_bf16; }
  static auto busy() { return kernel::kernels().busy_bf16; }  // its unit at its most
};

// What the kernels in use compute when `wanted` is asked for.
inline Products products_here(Products wanted) {
  const bool missing = wanted == Products::kBf16 && kernel::kernels().gemm_bf16 == nullptr;
  return missing ? Products::kInt16 : wanted;
}

// Calls body with the kind that `wanted` comes to here.
template <typename Body>
void with_products(Products wanted, const Body& body) {
  switch (products_here(wanted)) {
    case Products::kFloat32:
      return body(Float32Products());
    case Products::kInt16:
      return body(Int16Products());
    case Products::kBf16:
      return body(Bf16Products());
  }
}

}  // namespace quire
