// A safetensors file, mapped and checked before anything in it is believed:
//
//   8 bytes   N, the length of the header, little-endian
//   N bytes   JSON: {"name": {"dtype": "BF16", "shape": [..], "data_offsets": [begin, end]}, ..,
//                    "__metadata__": {"key": "text", ..}}
//   the rest  the tensors' bytes, end to end: no gap, no overlap, nothing left over
//
// open() refuses a file in which any of that does not hold, a name that stands twice, a type Quire
// does not know, or a tensor whose size is not elements times element size. After it, every view
// lies inside the file. Errors name the file and, where there is one, the tensor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "tensor/tensor.h"

namespace quire {

class SafetensorsFile {
 public:
  static Result<SafetensorsFile> open(const std::string& path);

  // The same over bytes that the caller keeps alive, and whose errors name no file.
  static Result<SafetensorsFile> parse(std::span<const std::uint8_t> bytes);

  // The view borrows the mapping and lives as long as this object (moving it is fine).
  Result<TensorView> find(std::string_view name) const;

  // In the order of their bytes in the file.
  const std::vector<std::string>& names() const { return names_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  MappedFile file_;
  std::vector<std::string> names_;
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace quire
