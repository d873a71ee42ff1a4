#include "fold/page_reader.h"

#include <algorithm>
#include <utility>

#include "base/thread_pool.h"
#include "infer/modes.h"
#include "infer/passes.h"
#include "render/page.h"
#include "text/utf8.h"

namespace quire {

static_assert(kNewlineMark == kBreakMark);  // a model that reads in passes reads our pages

namespace {

// Each letter in its cell, where the model read token by token.
std::u32string in_cells(const std::vector<std::string>& tokens, const PageLayout& layout) {
  const auto across = static_cast<std::size_t>(side_tokens(layout.side));
  const auto columns = static_cast<std::size_t>(layout.columns);
  const auto height = static_cast<std::size_t>(layout.rows_per_token);
  const std::size_t width = columns / across;
  std::u32string cells(static_cast<std::size_t>(layout.capacity()), U' ');
  std::size_t filled = 0;
  for (std::size_t token = 0; token < tokens.size(); ++token) {
    std::size_t row = 0, column = 0;
    for (const char32_t c : decode_utf8_lossy(tokens[token])) {
      if (c == U'\n') {
        ++row;
        column = 0;
      } else if (row < height && column < width) {
        const std::size_t line = token / across * height + row;
        const std::size_t cell = line * columns + token % across * width + column++;
        cells[cell] = c;
        filled = std::max(filled, cell + 1);
      }
    }
  }
  cells.resize(filled);
  return cells;
}

std::string text_of_cells(std::u32string cells, const QuirePageHead& head) {
  cells.resize(std::min<std::size_t>(cells.size(), head.characters));
  std::replace(cells.begin(), cells.end(), kBreakMark, U'\n');
  return encode_utf8(cells);
}

}  // namespace

PageReader PageReader::of_reader(const Reader& reader) {
  return {reader.fingerprint(), [&reader](const Image& picture) { return reader.encode(picture); },
          [&reader](const Tensor& tokens, const ReadOptions& options) {
            return reader.read(tokens, options);
          },
          reader.reads_in_passes()};
}

void for_each_page(const PageReader& reader, std::size_t count,
                   const std::function<void(std::size_t)>& body) {
  const auto threads = static_cast<std::size_t>(default_pool().threads());
  // A last round for which fewer than half of the threads find a page is read by all of them.
  const std::size_t over = count % threads;
  std::size_t together = over * 2 > threads ? count : count - over;
  if (!reader.side_by_side) together = 0;
  default_pool().parallel_for(
      together, 1,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) body(i);
      },
      (together + threads - 1) / threads);
  for (std::size_t i = together; i < count; ++i) body(i);
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
  return PageText{page_text(*reading, head), reading->tokens, reading->status,
                  std::move(reading->confidence)};
}

std::string page_text(const PageReading& page, const QuirePageHead& head) {
  const PageLayout& layout = head.layout;
  const auto across = static_cast<std::size_t>(side_tokens(layout.side));
  const bool by_tokens = head.fixed_pitch && page.passes.size() == across * across &&
                         static_cast<std::size_t>(layout.columns) % across == 0;
  if (!by_tokens) return page_text(page.text, head);
  return text_of_cells(in_cells(page.passes, layout), head);
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
  return text_of_cells(std::move(text), head);
}

}  // namespace quire
