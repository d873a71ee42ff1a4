// Borrowed rows of float32 values, what every op reads and writes: (rows, cols), rows `stride`
// values apart. Whoever owns the values (a Tensor, a state's buffer) outlives the view.
#pragma once

#include <cstddef>

#include "base/status.h"
#include "tensor/tensor.h"

namespace quire {

template <typename T>
struct BasicRows {
  T* data = nullptr;
  std::size_t rows = 0, cols = 0, stride = 0;

  BasicRows() = default;
  BasicRows(T* d, std::size_t r, std::size_t c) : BasicRows(d, r, c, c) {}
  BasicRows(T* d, std::size_t r, std::size_t c, std::size_t s)
      : data(d), rows(r), cols(c), stride(s) {}

  // A reader of rows takes what a writer takes.
  operator BasicRows<const T>() const { return {data, rows, cols, stride}; }  // NOLINT: implicit

  T* row(std::size_t i) const { return data + i * stride; }
  BasicRows slice(std::size_t begin, std::size_t count) const {
    QUIRE_CHECK(begin + count <= rows);
    return {row(begin), count, cols, stride};
  }
};

using Rows = BasicRows<float>;
using ConstRows = BasicRows<const float>;

// A tensor's last axis as columns, all axes before it as rows.
inline Rows rows_of(Tensor& tensor) {
  const auto cols = static_cast<std::size_t>(tensor.shape.back());
  return {tensor.data(), cols ? tensor.size() / cols : 0, cols};
}
inline ConstRows rows_of(const Tensor& tensor) {
  const auto cols = static_cast<std::size_t>(tensor.shape.back());
  return {tensor.data(), cols ? tensor.size() / cols : 0, cols};
}

// A buffer that is resized again and again and keeps its memory; values are not kept.
inline Rows resize(Tensor& buffer, std::size_t rows, std::size_t cols) {
  buffer.shape = {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)};
  if (buffer.values.size() != rows * cols) buffer.values.resize(rows * cols);
  return rows_of(buffer);
}

}  // namespace quire
