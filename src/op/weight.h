// A weight matrix (rows = outputs, cols = inputs), used as it lies in the mapped checkpoint,
// whatever its type. So loading copies nothing and memory is the file's. F32, F16 and BF16 are read
// by the kernels in place; rows of quantised blocks are decoded to float32 a few at a time, where
// they are multiplied. Both are exact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/kernels.h"
#include "op/products.h"
#include "tensor/tensor.h"

namespace quire {

// Rows in a type that the kernels take.
struct KernelRows {
  kernel::WeightType type = kernel::kWeightF32;
  const std::uint8_t* data = nullptr;
  std::size_t stride_bytes = 0;
};

class Int8Panels;

struct Weight {
  DType dtype = DType::kF32;
  const std::uint8_t* data = nullptr;      // any alignment
  std::size_t rows = 0, cols = 0;          // cols fill whole blocks of the type
  std::shared_ptr<const Tensor> owned;     // what `data` points into, when not into a file
  std::shared_ptr<Int8Panels> int8;        // when set, linear_rows() multiplies in int8
  bool mapped = false;                     // `data` lies in a mapped file
  Products products = Products::kFloat32;  // what linear() multiplies in

  // First axis as rows, all others as columns. The viewed bytes must outlive the weight.
  static Weight view(const TensorView& tensor);
  static Weight own(Tensor tensor);

  std::size_t stride_bytes() const;
  const std::uint8_t* row(std::size_t i) const { return data + i * stride_bytes(); }
  void copy_row(std::size_t i, float* out) const;  // as float32, cols values

  // From now on linear_rows() multiplies in int8 (op/int8_panels.h). Nothing happens when a row is
  // not whole blocks of 32.
  void use_int8();

  bool in_place() const;  // kernel_rows() copies nothing
  // Rows [begin, begin + count). `scratch` holds them when they must be decoded; the result is good
  // until it changes.
  KernelRows kernel_rows(std::size_t begin, std::size_t count, std::vector<float>& scratch) const;
  // The same of columns [from, from + width), which begin and end where blocks of the type do.
  KernelRows kernel_rows(std::size_t begin, std::size_t count, std::size_t from, std::size_t width,
                         std::vector<float>& scratch) const;
};

}  // namespace quire
