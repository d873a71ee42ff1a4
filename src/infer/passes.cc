#include "infer/passes.h"

#include <algorithm>
#include <string_view>

#include "text/utf8.h"

namespace quire {
namespace {

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  if (text.empty()) return lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// Line `index` of blocks [begin, end), which stand side by side.
std::string join_line(const std::vector<Block>& blocks,
                      const std::vector<std::vector<std::string_view>>& lines, std::size_t begin,
                      std::size_t end, std::size_t index) {
  std::string line;
  bool full = true;
  for (std::size_t i = begin; i < end; ++i) {
    const std::string_view part = index < lines[i].size() ? lines[i][index] : std::string_view();
    const std::size_t filled = characters(part);
    line += part;
    if (i + 1 < end && filled < blocks[i].width) line.append(blocks[i].width - filled, ' ');
    if (i + 1 == end) full = blocks[i].width > 0 && filled >= blocks[i].width;
  }
  if (!full) line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

Result<std::vector<Block>> cut_blocks(std::size_t side, std::size_t rows, std::size_t columns,
                                      std::size_t line_width) {
  if (rows == 0) rows = side;
  if (columns == 0) columns = side;
  std::vector<Block> blocks;
  for (std::size_t top = 0; top < side; top += rows) {
    for (std::size_t left = 0; left < side; left += columns) {
      Block block{top, left, std::min(rows, side - top), std::min(columns, side - left), 0};
      if (line_width * block.columns % side != 0) {
        return invalid("lines of " + std::to_string(line_width) +
                       " characters do not divide among blocks of " +
                       std::to_string(block.columns) + " of " + std::to_string(side) +
                       " tokens; take a multiple of " + std::to_string(side));
      }
      block.width = line_width * block.columns / side;
      blocks.push_back(block);
    }
  }
  return blocks;
}

Tensor take_block(const Tensor& tokens, std::size_t side, const Block& block) {
  const auto hidden = static_cast<std::size_t>(tokens.shape.back());
  Tensor taken({static_cast<std::int64_t>(block.rows * block.columns), tokens.shape.back()});
  for (std::size_t y = 0; y < block.rows; ++y) {
    std::copy_n(tokens.data() + ((block.top + y) * side + block.left) * hidden,
                block.columns * hidden, taken.data() + y * block.columns * hidden);
  }
  return taken;
}

std::string join_blocks(const std::vector<Block>& blocks, const std::vector<std::string>& texts) {
  if (texts.size() == 1) return texts[0];
  std::vector<std::vector<std::string_view>> lines;
  for (const std::string& text : texts) lines.push_back(lines_of(text));
  std::string page;
  for (std::size_t begin = 0, end; begin < blocks.size(); begin = end) {
    std::size_t count = 0;
    for (end = begin; end < blocks.size() && blocks[end].top == blocks[begin].top; ++end) {
      count = std::max(count, lines[end].size());
    }
    for (std::size_t index = 0; index < count; ++index) {
      if (!page.empty()) page += '\n';
      page += join_line(blocks, lines, begin, end, index);
    }
  }
  return page;
}

std::string flow_lines(std::string_view lines, std::size_t side) {
  std::vector<std::u32string> cells;
  std::size_t width = 0;
  for (const std::string_view line : lines_of(lines)) {
    cells.push_back(decode_utf8_lossy(line));
    width = std::max(width, cells.back().size());
  }
  width = (width + side - 1) / side * side;  // spaces at the end of a line are not read
  std::u32string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i + 1 < cells.size()) cells[i].resize(width, U' ');
    text += cells[i];
  }
  std::replace(text.begin(), text.end(), kNewlineMark, U'\n');
  return encode_utf8(text);
}

}  // namespace quire
