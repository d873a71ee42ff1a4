#include "op/weight.h"

#include <utility>

#include "op/int8_panels.h"
#include "op/kernel_type.h"

namespace quire {

Weight Weight::view(const TensorView& tensor) {
  Weight weight;
  weight.dtype = tensor.dtype;
  weight.data = tensor.bytes.data();
  weight.rows = static_cast<std::size_t>(tensor.shape.front());
  weight.cols = weight.rows ? static_cast<std::size_t>(tensor.elements()) / weight.rows : 0;
  return weight;
}

Weight Weight::own(Tensor tensor) {
  Weight weight;
  weight.rows = static_cast<std::size_t>(tensor.shape.front());
  weight.cols = weight.rows ? tensor.size() / weight.rows : 0;
  weight.owned = std::make_shared<const Tensor>(std::move(tensor));
  weight.data = reinterpret_cast<const std::uint8_t*>(weight.owned->data());
  return weight;
}

std::size_t Weight::stride_bytes() const {
  const DTypeInfo& info = dtype_info(dtype);
  return cols / info.block_elements * info.block_bytes;
}

void Weight::copy_row(std::size_t i, float* out) const {
  dtype_info(dtype).decode(row(i), cols, out);
}

void Weight::use_int8() {
  if (cols % kernel::kQ8Block == 0) int8 = std::make_shared<Int8Panels>();
}

bool Weight::in_place() const { return kernel_type(dtype).has_value(); }

KernelRows Weight::kernel_rows(std::size_t begin, std::size_t count,
                               std::vector<float>& scratch) const {
  return kernel_rows(begin, count, 0, cols, scratch);
}

KernelRows Weight::kernel_rows(std::size_t begin, std::size_t count, std::size_t from,
                               std::size_t width, std::vector<float>& scratch) const {
  const DTypeInfo& info = dtype_info(dtype);
  QUIRE_CHECK(from % info.block_elements == 0 && width % info.block_elements == 0);
  const std::size_t skipped = from / info.block_elements * info.block_bytes;
  if (const auto type = kernel_type(dtype)) return {*type, row(begin) + skipped, stride_bytes()};
  if (scratch.size() < count * width) scratch.resize(count * width);
  const auto decode = [&](const std::uint8_t* from_bytes, float* to) {
    if (dtype == DType::kQ8_0) return kernel::kernels().from_q8(from_bytes, width, to);
    info.decode(from_bytes, width, to);
  };
  for (std::size_t i = 0; i < count; ++i)
    decode(row(begin + i) + skipped, scratch.data() + i * width);
  return {kernel::kWeightF32, reinterpret_cast<const std::uint8_t*>(scratch.data()),
          width * sizeof(float)};
}

}  // namespace quire
