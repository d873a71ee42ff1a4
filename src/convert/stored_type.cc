#include "convert/stored_type.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "base/file.h"
#include "base/thread_pool.h"

namespace quire {
namespace {

// Elements at a time: whole blocks of every type, and small beside a model.
constexpr std::size_t kPiece = std::size_t{1} << 22;
constexpr std::size_t kGrain = std::size_t{1} << 14;  // what one thread takes

constexpr float kLargestHalf = 65520.0f;  // rounds to infinity from here on

std::size_t bytes_of(const DTypeInfo& info, std::size_t elements) {
  return elements / info.block_elements * info.block_bytes;
}

bool below_q8(DType type) {
  const DTypeInfo& info = dtype_info(type);
  const DTypeInfo& q8 = dtype_info(DType::kQ8_0);
  return info.block_bytes * q8.block_elements < q8.block_bytes * info.block_elements;
}

// What a row takes that is no whole number of blocks.
DType next_type(DType type) {
  switch (type) {
    case DType::kQ4_K:
      return DType::kQ5_0;
    case DType::kQ5_K:
      return DType::kQ5_1;
    case DType::kQ6_K:
      return DType::kQ8_0;
    default:
      return DType::kF16;
  }
}

// Elements [begin, begin + count) of `part`, from type to type by way of float32.
Status recode(const TensorView& part, std::size_t begin, std::size_t count, DType to,
              std::vector<float>& values, std::vector<std::uint8_t>& bytes) {
  const DTypeInfo& target = dtype_info(to);
  values.resize(kPiece);
  bytes.resize(bytes_of(target, count));
  std::atomic<bool> too_large = false;
  // Pieces begin at multiples of kPiece, so every share begins at a block.
  default_pool().parallel_for(
      (count + kGrain - 1) / kGrain, 1, [&](std::size_t first, std::size_t last) {
        const std::size_t from = first * kGrain, size = std::min(count, last * kGrain) - from;
        to_float(part, begin + from, size, values.data() + from);
        if (to == DType::kF16) {
          const bool fits =
              std::all_of(values.begin() + static_cast<std::ptrdiff_t>(from),
                          values.begin() + static_cast<std::ptrdiff_t>(from + size),
                          [](float v) { return std::fabs(v) < kLargestHalf || !std::isfinite(v); });
          if (!fits) too_large = true;
        }
        target.encode(values.data() + from, size, bytes.data() + bytes_of(target, from));
      });
  if (too_large) {
    return invalid("it has values over 65,504, which F16 can not hold; take bf16");
  }
  return {};
}

}  // namespace

DType stored_type(DType wanted, Precision precision, std::size_t row_elements) {
  if (precision == Precision::kF32) return DType::kF32;
  if (precision == Precision::kProtected && below_q8(wanted)) wanted = DType::kQ8_0;
  while (row_elements % dtype_info(wanted).block_elements != 0) wanted = next_type(wanted);
  return wanted;
}

TensorSource cast_source(std::string name, DType dtype, Shape shape, std::vector<TensorView> parts,
                         std::function<void(std::size_t)> wrote) {
  TensorSource source{std::move(name), dtype, std::move(shape), {}};
  source.emit = [name = source.name, dtype, parts = std::move(parts),
                 wrote = std::move(wrote)](const ByteSink& sink) -> Status {
    std::vector<float> values;
    std::vector<std::uint8_t> encoded;
    for (const TensorView& part : parts) {
      const DTypeInfo& info = dtype_info(part.dtype);
      const auto elements = static_cast<std::size_t>(part.elements());
      for (std::size_t begin = 0; begin < elements; begin += kPiece) {
        const std::size_t count = std::min(kPiece, elements - begin);
        auto bytes = part.bytes.subspan(bytes_of(info, begin), bytes_of(info, count));
        const auto read = bytes;
        if (part.dtype != dtype) {
          const Status status = recode(part, begin, count, dtype, values, encoded);
          if (!status.ok()) return status.at("tensor \"" + name + "\"");
          bytes = encoded;
        }
        QUIRE_TRY(sink(bytes));
        release_pages(read);
        if (wrote) wrote(bytes.size());
      }
    }
    return {};
  };
  return source;
}

}  // namespace quire
