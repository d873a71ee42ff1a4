#include "format/tensor_source.h"

#include <string_view>

#include "base/bytes.h"

namespace quire {

Status append_tensor(FileWriter& writer, const TensorSource& source) {
  const Result<std::size_t> expected = byte_size(source.dtype, source.shape);
  if (!expected) return expected.status().at("tensor \"" + source.name + "\"");
  std::size_t written = 0;
  Status status = source.emit([&](std::span<const std::uint8_t> bytes) {
    written += bytes.size();
    return writer.append(as_text(bytes));
  });
  if (status.ok() && written != *expected) {
    return invalid("tensor \"" + source.name + "\": " + std::to_string(written) +
                   " bytes were given, but its type and shape take " + std::to_string(*expected));
  }
  return status;
}

}  // namespace quire
