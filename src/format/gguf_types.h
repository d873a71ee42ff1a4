// What the GGUF reader and writer must agree on. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "tensor/tensor.h"

namespace quire {

inline constexpr std::string_view kGgufMagic = "GGUF";
inline constexpr std::uint32_t kGgufVersion = 3;
inline constexpr std::size_t kGgufAlignment = 32;  // unless general.alignment says otherwise
inline constexpr std::size_t kGgufMaxDims = 4;
inline constexpr std::size_t kGgufMaxName = 63;  // llama.cpp keeps names in 64 bytes

// The numbers by which the file names tensor types. U8 is not among them.
struct GgufTensorType {
  std::uint32_t id;
  DType dtype;
};
inline constexpr GgufTensorType kGgufTensorTypes[] = {
    {0, DType::kF32},   {1, DType::kF16},   {2, DType::kQ4_0},  {3, DType::kQ4_1},
    {6, DType::kQ5_0},  {7, DType::kQ5_1},  {8, DType::kQ8_0},  {10, DType::kQ2_K},
    {11, DType::kQ3_K}, {12, DType::kQ4_K}, {13, DType::kQ5_K}, {14, DType::kQ6_K},
    {26, DType::kI32},  {27, DType::kI64},  {30, DType::kBF16},
};

// The next multiple of `alignment`; no such number gives SIZE_MAX, which lies past every file.
inline std::size_t gguf_align(std::size_t position, std::size_t alignment) {
  const std::size_t rest = position % alignment;
  if (rest == 0) return position;
  const std::size_t gap = alignment - rest;
  constexpr std::size_t kMax = std::numeric_limits<std::size_t>::max();
  return position > kMax - gap ? kMax : position + gap;
}

}  // namespace quire
