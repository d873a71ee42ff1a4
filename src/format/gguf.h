// A GGUF file (version 2 or 3, little-endian), mapped and checked before anything in it is
// believed:
//
//   "GGUF"  version U32  tensor count U64  metadata count U64
//   metadata: key string, type U32, value          (a string is its length as U64, then its bytes)
//   tensors:  name string, dims U32, sizes U64[dims] fastest first, type U32, offset U64
//   padding to the alignment, then the tensors' bytes, each at a multiple of the alignment
//
// Counts, lengths and sizes are compared with the bytes that are left before they are used. Refused
// are names that stand twice or are not plain ASCII, more than four dimensions, empty or
// overflowing sizes, rows that are not whole blocks, types Quire does not know, offsets that leave
// a gap, overlap or point outside. Errors name the file and the key or tensor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "format/gguf_value.h"
#include "format/int_range.h"
#include "tensor/tensor.h"

namespace quire {

class GgufFile {
 public:
  static Result<GgufFile> open(const std::string& path);

  // The same over bytes that the caller keeps alive, and whose errors name no file.
  static Result<GgufFile> parse(std::span<const std::uint8_t> bytes);

  // Shapes are row-major, slowest axis first: the reverse of the file's. The view borrows the
  // mapping and lives as long as this object (moving it is fine).
  Result<TensorView> find(std::string_view name) const;
  bool contains(std::string_view name) const { return tensors_.find(name) != tensors_.end(); }
  const std::vector<std::string>& names() const { return names_; }  // in the order of the file

  // Null when there is no such key.
  const GgufValue* find_value(std::string_view key) const;
  const std::vector<GgufEntry>& metadata() const { return metadata_; }  // in the order of the file

  // Without a fallback the key is required. Errors name the key.
  Result<std::int64_t> get_int(std::string_view key, std::optional<std::int64_t> fallback = {},
                               IntRange range = {}) const;
  Result<double> get_number(std::string_view key, std::optional<double> fallback = {}) const;
  Result<bool> get_bool(std::string_view key, std::optional<bool> fallback = {}) const;
  Result<std::string> get_string(std::string_view key,
                                 std::optional<std::string> fallback = {}) const;
  Result<std::span<const std::int64_t>> get_ints(std::string_view key) const;
  Result<std::span<const double>> get_numbers(std::string_view key) const;
  Result<std::span<const std::string>> get_strings(std::string_view key) const;

 private:
  friend class GgufParser;

  MappedFile file_;
  std::vector<GgufEntry> metadata_;
  std::map<std::string, std::size_t, std::less<>> keys_;  // key -> place in metadata_
  std::vector<std::string> names_;
  std::map<std::string, TensorView, std::less<>> tensors_;
};

}  // namespace quire
