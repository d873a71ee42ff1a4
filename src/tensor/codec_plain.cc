#include <cstring>

#include "tensor/codec.h"
#include "tensor/half.h"

namespace quire {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian, and so are we");

template <typename T>
void decode_as(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
    out[i] = static_cast<float>(value);
  }
}

}  // namespace

void decode_f32(const std::uint8_t* bytes, std::size_t count, float* out) {
  if (count > 0) std::memcpy(out, bytes, count * sizeof(float));
}

void decode_f16(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = f16_to_float(load_u16(bytes + 2 * i));
}

void decode_bf16(const std::uint8_t* bytes, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = bf16_to_float(load_u16(bytes + 2 * i));
}

void decode_i32(const std::uint8_t* bytes, std::size_t count, float* out) {
  decode_as<std::int32_t>(bytes, count, out);
}

void decode_i64(const std::uint8_t* bytes, std::size_t count, float* out) {
  decode_as<std::int64_t>(bytes, count, out);
}

void decode_u8(const std::uint8_t* bytes, std::size_t count, float* out) {
  decode_as<std::uint8_t>(bytes, count, out);
}

void encode_f32(const float* values, std::size_t count, std::uint8_t* out) {
  if (count > 0) std::memcpy(out, values, count * sizeof(float));
}

void encode_f16(const float* values, std::size_t count, std::uint8_t* out) {
  for (std::size_t i = 0; i < count; ++i) store_u16(float_to_f16(values[i]), out + 2 * i);
}

void encode_bf16(const float* values, std::size_t count, std::uint8_t* out) {
  for (std::size_t i = 0; i < count; ++i) store_u16(float_to_bf16(values[i]), out + 2 * i);
}

}  // namespace quire
