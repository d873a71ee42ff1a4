#include "eval/compression.h"

#include <algorithm>
#include <cmath>

#include "text/edit_distance.h"
#include "text/utf8.h"
#include "text/word_score.h"

namespace quire {
namespace {

constexpr int kMaxPages = 10'000;
constexpr double kMaxRatio = 100;
constexpr int kMaxCharactersPerToken = 500;

// One mode, kind and density.
struct Cell {
  Mode mode;
  TextKind kind;
  PageLayout layout;
};

Status check(const CompressionOptions& options) {
  if (options.modes.empty()) return invalid("the study needs at least one mode");
  if (options.kinds.empty()) return invalid("the study needs at least one kind of text");
  if (options.fonts.empty()) return invalid("the study needs at least one font");
  for (const Mode& mode : options.modes) {
    if (mode.tile_side != 0) {
      return invalid("mode " + std::string(mode.name) +
                     " cuts pages into tiles; the study measures tiny, small, base and large");
    }
  }
  if (options.pages < 1 || options.pages > kMaxPages)
    return invalid("the number of pages must be 1 to " + std::to_string(kMaxPages));
  for (const int level : options.levels) {
    if (level < 1 || level > kMaxCharactersPerToken) {
      return invalid("a level is a number of characters on a token, 1 to " +
                     std::to_string(kMaxCharactersPerToken));
    }
  }
  const bool ordered = options.first_ratio > 0 && options.first_ratio <= options.last_ratio &&
                       options.last_ratio <= kMaxRatio && options.ratio_step >= 0.1;
  if (options.levels.empty() && !ordered)
    return invalid("ratios run from a small to a larger number, as in 2:20, and at most to 100");
  return {};
}

// How many characters of this kind of text go into a text token, from a few short passages.
Result<double> characters_per_text_token(const TextFolder& texts, TextKind kind,
                                         const CompressionOptions& options,
                                         const CompressionTools& tools) {
  constexpr int kPassages = 8;
  constexpr std::size_t kLength = 500;
  std::size_t tokens = 0;
  for (int i = 0; i < kPassages; ++i) {
    const Result<std::u32string> passage =
        texts.passage(kind, kLength, options.seed, static_cast<std::uint64_t>(i));
    if (!passage) return passage.status();
    tokens += tools.count_tokens(encode_utf8(*passage));
  }
  if (tokens == 0) return invalid("the tokenizer makes no tokens of text");
  return static_cast<double>(kPassages * kLength) / static_cast<double>(tokens);
}

// The layouts of a mode from sparse to dense; densities that come out alike stand once.
Result<std::vector<PageLayout>> layouts(const Mode& mode, double characters_per_text_token,
                                        const CompressionOptions& options) {
  const double vision = static_cast<double>(mode.vision_tokens(mode.view_side, mode.view_side));
  std::vector<double> wanted(options.levels.begin(), options.levels.end());  // characters a token
  if (wanted.empty()) {
    // A little slack, so that rounding does not lose the last ratio.
    for (int i = 0;; ++i) {
      const double ratio = options.first_ratio + i * options.ratio_step;
      if (ratio > options.last_ratio + options.ratio_step * 1e-6) break;
      wanted.push_back(ratio * characters_per_text_token);
    }
  }
  std::sort(wanted.begin(), wanted.end());
  std::vector<PageLayout> found;
  for (const double characters : wanted) {
    Result<PageLayout> layout =
        layout_for(mode.view_side, std::max(1, static_cast<int>(std::lround(characters * vision))));
    if (!layout) return layout.status();
    const bool again = !found.empty() && found.back().columns == layout->columns &&
                       found.back().rows_per_token == layout->rows_per_token;
    if (!again) found.push_back(*layout);
  }
  return found;
}

Result<std::vector<Cell>> plan(const TextFolder& texts, const CompressionOptions& options,
                               const CompressionTools& tools) {
  std::vector<double> density;  // by position in options.kinds
  for (const TextKind kind : options.kinds) {
    const Result<double> characters = characters_per_text_token(texts, kind, options, tools);
    if (!characters) return characters.status();
    density.push_back(*characters);
  }
  std::vector<Cell> cells;
  for (const Mode& mode : options.modes) {
    for (std::size_t k = 0; k < options.kinds.size(); ++k) {
      const Result<std::vector<PageLayout>> list = layouts(mode, density[k], options);
      if (!list) return list.status().at("mode " + std::string(mode.name));
      for (const PageLayout& layout : *list) cells.push_back({mode, options.kinds[k], layout});
    }
  }
  return cells;
}

// One page filled with passage `index`. A proportional face may need more characters than its
// average letter lets expect; what does not fit is left out.
Result<Page> fill_page(const TextFolder& texts, const Cell& cell, Font& font, std::uint64_t seed,
                       int index, std::size_t& unknown_characters) {
  const auto capacity = static_cast<std::size_t>(cell.layout.capacity());
  const Result<std::u32string> passage =
      texts.passage(cell.kind, font.monospaced() ? capacity : capacity * 2, seed,
                    static_cast<std::uint64_t>(index));
  if (!passage) return passage.status();
  Result<Rendering> rendering = render_text(*passage, cell.layout, font);
  if (!rendering) return rendering.status();
  if (rendering->pages.empty()) return internal("a passage without characters");
  unknown_characters += rendering->unknown_characters;
  return std::move(rendering->pages.front());
}

void add(PageScore& sum, const PageScore& score) {
  sum.precision += score.precision;
  sum.recall += score.recall;
  sum.one_minus_ed += score.one_minus_ed;
  sum.exact_chars += score.exact_chars;
}

PageScore divided(const PageScore& sum, double n) {
  return {sum.precision / n, sum.recall / n, sum.one_minus_ed / n, sum.exact_chars / n};
}

}  // namespace

PageScore score_page(std::u32string_view output, std::u32string_view truth) {
  const WordScore words = word_score(output, truth);
  PageScore score;
  score.precision = words.precision;
  score.recall = words.recall;
  score.one_minus_ed = one_minus_ed(output, truth);
  if (truth.empty()) {
    score.exact_chars = output.empty() ? 1 : 0;
  } else {
    score.exact_chars =
        static_cast<double>(matched_characters(output, truth)) / static_cast<double>(truth.size());
  }
  return score;
}

std::string bin_name(int bin) { return std::to_string(bin) + "-" + std::to_string(bin + 1); }

Result<CompressionStudy> run_compression_study(const TextFolder& texts,
                                               const CompressionOptions& options,
                                               const CompressionTools& tools) {
  if (const Status status = check(options); !status.ok()) return status;
  std::vector<Font> fonts;
  std::string font_names;
  for (const std::string& name : options.fonts) {
    // The mark for a newline is in few faces.
    Result<Font> font = Font::open(name, {"DejaVuSansMono"});
    if (!font) return font.status();
    font_names += (font_names.empty() ? "" : ", ") + font->name();
    fonts.push_back(std::move(*font));
  }
  const Result<std::vector<Cell>> cells = plan(texts, options, tools);
  if (!cells) return cells.status();

  CompressionStudy study;
  study.tokenizer = tools.tokenizer;
  study.seed = options.seed;
  const int total = static_cast<int>(cells->size()) * options.pages;
  int done = 0;
  for (const Cell& cell : *cells) {
    CompressionRow row;
    const int side = cell.mode.view_side;
    row.mode = cell.mode.name;
    row.kind = cell.kind;
    row.columns = cell.layout.columns;
    row.rows_per_token = cell.layout.rows_per_token;
    row.vision_tokens = cell.mode.vision_tokens(side, side);
    row.sequence_tokens = cell.mode.sequence_tokens(side, side);
    row.font = font_names;
    const std::string what = row.mode + ", " + std::string(row_of(cell.kind).title) + ", " +
                             std::to_string(row.columns) + " columns";
    PageScore sum;
    double characters = 0, tokens = 0;
    for (; row.pages < options.pages; ++row.pages) {
      if (tools.progress && !tools.progress(done, total, what)) return study;
      Font& font = fonts[static_cast<std::size_t>(row.pages) % fonts.size()];
      const Result<Page> page =
          fill_page(texts, cell, font, options.seed, row.pages, study.unknown_characters);
      if (!page) return page.status();
      const Result<StudyReading> reading = tools.read(*page, cell.layout);
      if (!reading) return reading.status();
      const std::u32string truth = join_lines(page->lines);
      add(sum, score_page(reading->text, truth));
      row.failed += reading->status != ReadStatus::kOk;
      characters += static_cast<double>(truth.size());
      tokens += static_cast<double>(tools.count_tokens(encode_utf8(truth)));
      ++done;
    }
    row.score = divided(sum, row.pages);
    row.text_tokens = tokens / row.pages;
    row.ratio = row.text_tokens / static_cast<double>(row.vision_tokens);
    row.bin = static_cast<int>(row.ratio);
    row.characters_per_token = characters / row.pages / static_cast<double>(row.vision_tokens);
    study.rows.push_back(std::move(row));
  }
  return study;
}

}  // namespace quire
