// What the kernels call a type that values are stored in.
#pragma once

#include <optional>

#include "kernel/kernels.h"
#include "tensor/tensor.h"

namespace quire {

// Nothing for what weights are decoded from first; Q8_0 too, which only kernels of rows take.
inline std::optional<kernel::WeightType> kernel_type(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return kernel::kWeightF32;
    case DType::kF16:
      return kernel::kWeightF16;
    case DType::kBF16:
      return kernel::kWeightBF16;
    default:
      return std::nullopt;
  }
}

}  // namespace quire
