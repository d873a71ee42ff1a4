#include "tensor/tensor.h"

#include <array>

#include "tensor/codec.h"

namespace quire {
namespace {

// In the order of DType.
constexpr std::array kDTypes = {
    DTypeInfo{"F32", 1, 4, decode_f32, encode_f32},
    DTypeInfo{"F16", 1, 2, decode_f16, encode_f16},
    DTypeInfo{"BF16", 1, 2, decode_bf16, encode_bf16},
    DTypeInfo{"I32", 1, 4, decode_i32, nullptr},
    DTypeInfo{"I64", 1, 8, decode_i64, nullptr},
    DTypeInfo{"U8", 1, 1, decode_u8, nullptr},
    DTypeInfo{"Q8_0", 32, 34, decode_q8_0, encode_q8_0},
    DTypeInfo{"Q4_0", 32, 18, decode_q4_0, encode_q4_0},
    DTypeInfo{"Q4_1", 32, 20, decode_q4_1, encode_q4_1},
    DTypeInfo{"Q5_0", 32, 22, decode_q5_0, encode_q5_0},
    DTypeInfo{"Q5_1", 32, 24, decode_q5_1, encode_q5_1},
    DTypeInfo{"Q2_K", 256, 84, decode_q2_k, nullptr},
    DTypeInfo{"Q3_K", 256, 110, decode_q3_k, nullptr},
    DTypeInfo{"Q4_K", 256, 144, decode_q4_k, encode_q4_k},
    DTypeInfo{"Q5_K", 256, 176, decode_q5_k, encode_q5_k},
    DTypeInfo{"Q6_K", 256, 210, decode_q6_k, encode_q6_k},
};
static_assert(kDTypes.size() == static_cast<std::size_t>(DType::kQ6_K) + 1);

}  // namespace

const DTypeInfo& dtype_info(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (const std::int64_t size : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(size);
  }
  return text + ")";
}

Result<std::size_t> byte_size(DType dtype, const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) return invalid("the shape " + to_string(shape) + " has a negative size");
    if (__builtin_mul_overflow(count, size, &count)) {
      return invalid("the shape " + to_string(shape) + " has more elements than can be counted");
    }
  }
  const DTypeInfo& info = dtype_info(dtype);
  const std::int64_t row = shape.empty() ? 1 : shape.back();
  if (row % static_cast<std::int64_t>(info.block_elements) != 0) {
    return invalid("the shape " + to_string(shape) + " has rows of " + std::to_string(row) +
                   " elements, but " + std::string(info.name) + " comes in blocks of " +
                   std::to_string(info.block_elements));
  }
  std::int64_t bytes = 0;
  const auto blocks = count / static_cast<std::int64_t>(info.block_elements);
  if (__builtin_mul_overflow(blocks, static_cast<std::int64_t>(info.block_bytes), &bytes)) {
    return invalid("the shape " + to_string(shape) + " has more bytes than can be counted");
  }
  return static_cast<std::size_t>(bytes);
}

void to_float(const TensorView& view, float* out) {
  to_float(view, 0, static_cast<std::size_t>(view.elements()), out);
}

void to_float(const TensorView& view, std::size_t begin, std::size_t count, float* out) {
  const DTypeInfo& info = dtype_info(view.dtype);
  QUIRE_CHECK(begin % info.block_elements == 0 && count % info.block_elements == 0);
  const std::size_t offset = begin / info.block_elements * info.block_bytes;
  const std::size_t size = count / info.block_elements * info.block_bytes;
  QUIRE_CHECK(offset <= view.bytes.size() && size <= view.bytes.size() - offset);
  info.decode(view.bytes.data() + offset, count, out);
}

Result<std::vector<std::uint8_t>> from_float(DType dtype, std::span<const float> values) {
  const DTypeInfo& info = dtype_info(dtype);
  if (info.encode == nullptr) {
    std::string written;
    for (const DTypeInfo& row : kDTypes) {
      if (row.encode != nullptr) written += (written.empty() ? "" : ", ") + std::string(row.name);
    }
    return unsupported("Quire reads " + std::string(info.name) +
                       " but does not write it; choose one of " + written);
  }
  if (values.size() % info.block_elements != 0) {
    return invalid(std::to_string(values.size()) + " values do not fill whole blocks of " +
                   std::to_string(info.block_elements) + ", as " + std::string(info.name) +
                   " needs");
  }
  std::vector<std::uint8_t> bytes(values.size() / info.block_elements * info.block_bytes);
  info.encode(values.data(), values.size(), bytes.data());
  return bytes;
}

}  // namespace quire
