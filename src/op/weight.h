// A weight matrix (rows = outputs, cols = inputs), used as it lies in the mapped checkpoint
// wherever the kernels can read its type (F32, F16, BF16). So loading copies nothing, memory is the
// file's, and widening on the fly is exact. Other types are decoded to float32 once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "kernel/kernels.h"
#include "tensor/tensor.h"

namespace quire {

struct Weight {
  kernel::WeightType type = kernel::kWeightF32;
  const std::uint8_t* data = nullptr;  // any alignment
  std::size_t rows = 0, cols = 0;
  std::shared_ptr<const Tensor> owned;  // what `data` points into, when not into a file

  // First axis as rows, all others as columns. The viewed bytes must outlive the weight.
  static Weight view(const TensorView& tensor);
  static Weight own(Tensor tensor);

  std::size_t stride_bytes() const { return cols * kernel::kWeightBytes[type]; }
  const std::uint8_t* row(std::size_t i) const { return data + i * stride_bytes(); }
  void copy_row(std::size_t i, float* out) const;  // widened, cols values
};

}  // namespace quire
