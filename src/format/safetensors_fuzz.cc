// Any bytes as a safetensors file: refused in words, or every tensor readable to its last element.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = quire::SafetensorsFile::parse({data, size});
  if (!file) return 0;
  for (const auto& name : file->names()) {
    const auto view = *file->find(name);
    std::vector<float> values(static_cast<std::size_t>(view.elements()));
    quire::to_float(view, values.data());
  }
  return 0;
}
