// The compression study: how much of a filled page is read back, by how much text stands on a
// vision token.
//
// A level is one density of letters. For each mode, level and kind of text, n passages are set on
// exactly one page each, read, and compared with what is drawn there. Three numbers go together
// (see text/word_score.h and text/edit_distance.h): the precision of the DeepSeek-OCR paper's table
// sees neither omissions nor order, so recall and 1-ED stand beside it.
//
// The ratio is text tokens / vision tokens, as in the paper; newline and separator vectors of the
// decoder are left out of it, and counted in sequence_tokens.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "eval/texts.h"
#include "infer/modes.h"
#include "infer/reader.h"
#include "render/page.h"

namespace quire {

struct CompressionOptions {
  std::vector<Mode> modes;  // of those that do not cut a picture into tiles
  std::vector<TextKind> kinds = {TextKind::kProse, TextKind::kWords, TextKind::kLetters};
  int pages = 5;  // at each level

  // Levels: densities that give these ratios for the kind of text at hand (from, to, in steps),
  // or, when `levels` is not empty, these numbers of characters on a token for all kinds alike.
  double first_ratio = 2, last_ratio = 20, ratio_step = 2;
  std::vector<int> levels;

  // Pages take the faces in turn, so that a row is a mean over all of them.
  std::vector<std::string> fonts = {"DejaVuSansMono"};
  std::uint64_t seed = 1;
};

// What came back from one page.
struct StudyReading {
  std::u32string text;  // as it was before it was set: lines joined, marks turned into newlines
  ReadStatus status = ReadStatus::kOk;
};

// The world outside the study.
struct CompressionTools {
  std::function<Result<StudyReading>(const Page& page, const PageLayout& layout)> read;
  std::function<std::size_t(std::string_view text)> count_tokens;
  std::string tokenizer;  // which one counts, for the report
  // May be empty. Called before each page; false ends the study early with the rows it has.
  std::function<bool(int done, int total, const std::string& what)> progress;
};

struct PageScore {
  double precision = 0, recall = 0;  // over distinct words
  double one_minus_ed = 0;           // over characters
  double exact_chars = 0;            // share of the drawn characters that came back in their place
};
PageScore score_page(std::u32string_view output, std::u32string_view truth);

// Means over the pages of one mode, kind and level.
struct CompressionRow {
  std::string mode;
  TextKind kind = TextKind::kProse;
  int bin = 0;  // of ratio: floor
  double ratio = 0;
  int pages = 0;
  int failed = 0;  // pages whose reading did not end well; what they gave counts all the same
  PageScore score;
  int columns = 0, rows_per_token = 0;
  double characters_per_token = 0;
  double text_tokens = 0;
  std::size_t vision_tokens = 0, sequence_tokens = 0;
  std::string font;
};
std::string bin_name(int bin);  // "9-10"

struct CompressionStudy {
  std::vector<CompressionRow> rows;  // by mode, kind and rising density
  std::string tokenizer;
  std::uint64_t seed = 0;
  std::size_t unknown_characters = 0;  // drawn as an empty box, because no face has them
};

// Errors: kInvalid for options without sense, and whatever fonts, texts and reader report.
Result<CompressionStudy> run_compression_study(const TextFolder& texts,
                                               const CompressionOptions& options,
                                               const CompressionTools& tools);

}  // namespace quire
