// A tensor on its way into a file: its name, type and shape now, its bytes when the writer asks for
// them. A checkpoint of gigabytes is written one tensor at a time this way, converted or stacked as
// it goes, without being held in memory. Both writers (safetensors, GGUF) take these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "tensor/tensor.h"

namespace quire {

using ByteSink = std::function<Status(std::span<const std::uint8_t>)>;

struct TensorSource {
  std::string name;
  DType dtype = DType::kF32;
  Shape shape;
  // Called once; hands all bytes to the sink, in any number of pieces, in order.
  std::function<Status(const ByteSink&)> emit;

  // Bytes that already lie somewhere; they must stay there until the file is written.
  static TensorSource borrow(std::string name, const TensorView& view) {
    const auto bytes = view.bytes;
    return {std::move(name), view.dtype, view.shape,
            [bytes](const ByteSink& sink) { return sink(bytes); }};
  }
};

// Appends the bytes of one source to a file and checks that they are as many as its type and shape
// say. Errors name the tensor.
Status append_tensor(FileWriter& writer, const TensorSource& source);

}  // namespace quire
