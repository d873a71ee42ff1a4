// A page in passes: its grid of vision tokens cut into blocks, and the blocks' texts put together
// again (infer/reader.h, ReadOptions and PageReading).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tensor/tensor.h"

namespace quire {

struct Block {
  std::size_t top = 0, left = 0;  // in tokens
  std::size_t rows = 0, columns = 0;
  std::size_t width = 0;  // characters of a full line's part; 0: not known
};

// The blocks of a page of side * side tokens, row by row; those at the right and bottom edge may be
// smaller. 0 rows or columns: all. line_width is that of the page's full lines, 0 when not known;
// error kInvalid when it does not divide among the blocks.
Result<std::vector<Block>> cut_blocks(std::size_t side, std::size_t rows, std::size_t columns,
                                      std::size_t line_width);

// The tokens of a block, (rows * columns, hidden), out of (side * side, hidden).
Tensor take_block(const Tensor& tokens, std::size_t side, const Block& block);

// Blocks side by side are joined line by line: each part but the last is padded with spaces to its
// block's width. Spaces at the end of a line are kept where the line is full, cut elsewhere. Rows
// of blocks are joined by "\n". A single block's text comes back as it is.
std::string join_blocks(const std::vector<Block>& blocks, const std::vector<std::string>& texts);

// The lines of a page of side * side tokens that was filled from edge to edge, to the text that
// runs through them: lines are cells, cut wherever one was full, and a mark (the one that
// render/page.h draws) stands where the text has a newline.
std::string flow_lines(std::string_view lines, std::size_t side);
inline constexpr char32_t kNewlineMark = U'\u21B5';

}  // namespace quire
