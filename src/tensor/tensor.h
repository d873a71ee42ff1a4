// Shapes, element types, and the two ways to hold numbers: a view that borrows bytes (a mapped
// checkpoint) and a buffer that owns float32 values. Shapes are row-major, slowest axis first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/large_pages.h"
#include "base/status.h"

namespace quire {

// Every element type a checkpoint may hold, quantised blocks included. Everything that differs
// between them stands in one row of the table behind dtype_info().
enum class DType : std::uint8_t {
  kF32,
  kF16,
  kBF16,
  kI32,
  kI64,
  kU8,
  kQ8_0,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ2_K,
  kQ3_K,
  kQ4_K,
  kQ5_K,
  kQ6_K,
};

struct DTypeInfo {
  std::string_view name;
  std::size_t block_elements;  // elements in one block; 1 for plain types
  std::size_t block_bytes;     // bytes of one block

  // Both take a count of elements that is a multiple of block_elements; bytes may be unaligned.
  void (*decode)(const std::uint8_t* bytes, std::size_t count, float* out);
  void (*encode)(const float* values, std::size_t count, std::uint8_t* out);  // null: only read
};
const DTypeInfo& dtype_info(DType dtype);

using Shape = std::vector<std::int64_t>;
std::int64_t element_count(
    const Shape& shape);                    // the shape must be valid: no overflow, no negatives
std::string to_string(const Shape& shape);  // "(768, 3, 16, 16)"

// The bytes that a tensor of this type and shape takes, for shapes that come from a file: refuses
// negative sizes, products that overflow, and rows that are not whole blocks.
Result<std::size_t> byte_size(DType dtype, const Shape& shape);

// Borrowed bytes of a known type and shape, as they lie in a file.
struct TensorView {
  DType dtype = DType::kF32;
  Shape shape;
  std::span<const std::uint8_t> bytes;

  std::int64_t elements() const { return element_count(shape); }
};

// Decodes any type to float32; exact for every type (quantised blocks as their format defines).
// `out` must hold view.elements() values.
void to_float(const TensorView& view, float* out);

// Decodes elements [begin, begin + count) of the flattened tensor; both must be multiples of the
// type's block_elements.
void to_float(const TensorView& view, std::size_t begin, std::size_t count, float* out);

// The other way: rounds to nearest even (plain types), or quantises: blocks of 32 as llama.cpp's
// reference does, blocks of 256 with the least squared error that a search finds.
// Refuses a type that Quire only reads, and a count that is not whole blocks.
Result<std::vector<std::uint8_t>> from_float(DType dtype, std::span<const float> values);

// resize() leaves what it adds without a value.
using Values = std::vector<float, LargePages<float>>;

// Owned float32 values with a shape; zeros at first.
struct Tensor {
  Shape shape;
  Values values;

  Tensor() = default;
  explicit Tensor(Shape s)
      : shape(std::move(s)), values(static_cast<std::size_t>(element_count(shape)), 0.0f) {}

  std::size_t size() const { return values.size(); }
  float* data() { return values.data(); }
  const float* data() const { return values.data(); }
  std::int64_t dim(std::size_t axis) const { return shape[axis]; }
};

}  // namespace quire
