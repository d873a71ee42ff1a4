// How each element type becomes float32, and, for the types Quire writes, how float32 becomes it.
// Only the table in tensor.cc names these; everyone else goes through to_float() and from_float().
//
// Bytes are little-endian, as in the files, and may lie at any address. `count` is in elements and
// a multiple of the type's block size.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quire {

// Plain types: codec_plain.cc.
void decode_f32(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_f16(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_bf16(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_i32(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_i64(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_u8(const std::uint8_t* bytes, std::size_t count, float* out);
void encode_f32(const float* values, std::size_t count, std::uint8_t* out);
void encode_f16(const float* values, std::size_t count, std::uint8_t* out);
void encode_bf16(const float* values, std::size_t count, std::uint8_t* out);

// Blocks of 32 elements with one scale: codec_block32.cc.
void decode_q8_0(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q4_0(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q4_1(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q5_0(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q5_1(const std::uint8_t* bytes, std::size_t count, float* out);
void encode_q8_0(const float* values, std::size_t count, std::uint8_t* out);
void encode_q4_0(const float* values, std::size_t count, std::uint8_t* out);
void encode_q4_1(const float* values, std::size_t count, std::uint8_t* out);
void encode_q5_0(const float* values, std::size_t count, std::uint8_t* out);
void encode_q5_1(const float* values, std::size_t count, std::uint8_t* out);

// Blocks of 256 elements whose sub-blocks have quantised scales: codec_block256.cc,
// encode_block256.cc.
void decode_q2_k(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q3_k(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q4_k(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q5_k(const std::uint8_t* bytes, std::size_t count, float* out);
void decode_q6_k(const std::uint8_t* bytes, std::size_t count, float* out);
void encode_q4_k(const float* values, std::size_t count, std::uint8_t* out);
void encode_q5_k(const float* values, std::size_t count, std::uint8_t* out);
void encode_q6_k(const float* values, std::size_t count, std::uint8_t* out);

}  // namespace quire
