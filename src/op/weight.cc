#include "op/weight.h"

#include <optional>
#include <utility>

namespace quire {
namespace {

std::optional<kernel::WeightType> kernel_type(DType dtype) {
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

}  // namespace

Weight Weight::view(const TensorView& tensor) {
  const auto type = kernel_type(tensor.dtype);
  if (!type) {
    Tensor values(tensor.shape);
    to_float(tensor, values.data());
    return own(std::move(values));
  }
  Weight weight;
  weight.type = *type;
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

void Weight::copy_row(std::size_t i, float* out) const {
  static constexpr DType kDTypes[kernel::kWeightTypes] = {DType::kF32, DType::kF16, DType::kBF16};
  dtype_info(kDTypes[type]).decode(row(i), cols, out);
}

}  // namespace quire
