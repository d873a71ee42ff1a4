// Any bytes as a GGUF file: refused in words, or every tensor readable to its last element.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/gguf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = quire::GgufFile::parse({data, size});
  if (!file) return 0;
  for (const auto& name : file->names()) {
    const auto view = *file->find(name);
    std::vector<float> values(static_cast<std::size_t>(view.elements()));
    quire::to_float(view, values.data());
  }
  for (const auto& entry : file->metadata()) {
    QUIRE_CHECK(file->find_value(entry.key) == &entry.value);
    (void)file->get_int(entry.key);
    (void)file->get_string(entry.key);
    (void)file->get_strings(entry.key);
  }
  return 0;
}
