#include "fold/page_reader.h"

#include <algorithm>

#include "render/page.h"
#include "text/utf8.h"

namespace quire {

PageReader PageReader::of_reader(const Reader& reader) {
  return {reader.fingerprint(), [&reader](const Image& picture) { return reader.encode(picture); },
          [&reader](const Tensor& tokens, const ReadOptions& options) {
            return reader.read(tokens, options);
          }};
}

Result<PageText> read_page(const PageReader& reader, const Tensor& tokens,
                           const QuirePageHead& head) {
  ReadOptions options;
  if (head.fixed_pitch) options.columns = head.layout.columns;
  // A token for each character and each end of line is all a page can need; more is a loop.
  options.max_tokens =
      std::min(options.max_tokens, head.layout.capacity() + head.layout.rows() + 64);
  auto reading = reader.read(tokens, options);
  QUIRE_TRY(reading);
  return PageText{page_text(reading->text, head), reading->tokens, reading->status};
}

std::string page_text(std::string_view lines, const QuirePageHead& head) {
  const std::size_t wanted = head.characters;
  const auto columns = static_cast<std::size_t>(head.layout.columns);
  std::u32string text;
  const std::u32string read = decode_utf8_lossy(lines);
  for (std::size_t begin = 0; begin < read.size() && text.size() < wanted;) {
    const std::size_t end = std::min(read.find(U'\n', begin), read.size());
    std::u32string line = read.substr(begin, end - begin);
    if (head.fixed_pitch) line.resize(columns, U' ');
    text += line;
    begin = end + 1;
  }
  text.resize(std::min(text.size(), wanted));
  std::replace(text.begin(), text.end(), kBreakMark, U'\n');
  return encode_utf8(text);
}

}  // namespace quire
