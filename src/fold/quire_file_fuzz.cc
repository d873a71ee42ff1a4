// Any bytes as a .quire: parsed, and everything in it used as unfolding would.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fold/correction.h"
#include "fold/page_reader.h"
#include "fold/quire_file.h"
#include "format/png.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = quire::QuireFile::parse({data, size});
  if (!file) return 0;
  for (const quire::QuirePage& page : file->pages()) {
    if (!page.damage.ok()) continue;
    const auto side = static_cast<std::uint32_t>(page.head.layout.side);
    (void)quire::decode_png(page.picture, {std::uint64_t{side} * side, side});
    if (page.tokens) (void)page.tokens->tensor();
    const std::string text = quire::page_text("some\nlines\n\nto read", page.head);
    if (page.correction) (void)quire::apply_correction(text, *page.correction);
  }
  return 0;
}
