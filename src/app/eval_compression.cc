// quire eval compression TEXTS: the compression study of a model (eval/compression.h) as a table,
// JSON, a picture and the accuracy table that `quire fold` plans by.
#include <algorithm>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/eval.h"
#include "app/find_model.h"
#include "app/study_progress.h"
#include "base/file.h"
#include "eval/compression_report.h"
#include "fold/page_reader.h"
#include "fold/text_tokens.h"
#include "text/utf8.h"

namespace quire {
namespace {

struct Arguments {
  std::string texts, svg, ratios = "2:20";
  std::vector<std::string> modes = {"tiny", "small", "base"}, kinds = {"prose", "words", "letters"};
  std::vector<int> levels;
  // Faces that the small model is not trained on.
  std::vector<std::string> fonts = {"FiraCode-Regular", "Anonymous Pro", "agave-r-autohinted"};
  int pages = 5;
  std::uint64_t seed = 1;
  bool write_accuracy = false;
};

void describe(Options& options, Arguments& a) {
  options.add_option("TEXTS", a.texts, "a folder of *.txt files the model has not seen").required();
  options.add_option("--modes", a.modes, "page sizes: tiny, small, base, large").listed();
  options.add_option("--kinds", a.kinds, "kinds of text: prose, words, letters").listed();
  options.add_option("--pages", a.pages, "pages at each level").show_default();
  const Option ratios =
      options.add_option("--ratios", a.ratios, "from:to or from:to:step").show_default();
  options.add_option("--levels", a.levels, "characters on a token, instead of ratios")
      .listed()
      .instead_of(ratios);
  options.add_option("--font", a.fonts, "faces that pages take in turn: names or files").listed();
  options.add_option("--seed", a.seed, "other passages").show_default();
  options.add_option("--svg", a.svg, "draw the curve into this file");
  options.add_flag("--write-accuracy", a.write_accuracy,
                   "write accuracy.json into the model directory; fold plans by it");
}

// "2:20" or "2:20:1".
Status parse_ratios(const std::string& text, CompressionOptions& options) {
  double* const wanted[] = {&options.first_ratio, &options.last_ratio, &options.ratio_step};
  const char* at = text.data();
  const char* const end = at + text.size();
  int n = 0;
  for (; n < 3; ++n) {
    const auto [behind, error] = std::from_chars(at, end, *wanted[n]);
    if (error != std::errc()) break;
    at = behind;
    if (at == end && n > 0) return {};
    if (at == end || *at != ':') break;
    ++at;
  }
  return invalid("--ratios " + text + ": give two numbers, as in 2:20, or three, as in 2:20:1");
}

Result<CompressionOptions> to_options(const Arguments& a) {
  CompressionOptions options;
  for (const std::string& name : a.modes) {
    const Result<Mode> mode = find_mode(name);
    QUIRE_TRY(mode);
    options.modes.push_back(*mode);
  }
  options.kinds.clear();
  for (const std::string& name : a.kinds) {
    const std::optional<TextKind> kind = text_kind(name);
    if (!kind) return invalid("no kind of text is called '" + name + "': prose, words, letters");
    options.kinds.push_back(*kind);
  }
  QUIRE_TRY(parse_ratios(a.ratios, options));
  options.levels = a.levels;
  options.pages = a.pages;
  options.fonts = a.fonts;
  options.seed = a.seed;
  return options;
}

// Reads a page as `unfold` would: from its picture and its plan.
Result<StudyReading> read_study_page(const PageReader& reader, const Page& page,
                                     const PageLayout& layout) {
  QuirePageHead head;
  head.layout = layout;
  head.characters = static_cast<std::uint32_t>(page.glyphs.size());
  head.fixed_pitch =
      std::all_of(page.lines.begin(), page.lines.end() - 1, [&](const std::u32string& line) {
        return line.size() == static_cast<std::size_t>(layout.columns);
      });
  const Result<Tensor> tokens = reader.encode(page.picture);
  QUIRE_TRY(tokens);
  const Result<PageText> text = read_page(reader, *tokens, head);
  QUIRE_TRY(text);
  return StudyReading{decode_utf8_lossy(text->text), text->status};
}

// What the study needs of a model that is open.
CompressionTools study_tools(const PageReader& reader, const Tokenizer& counter) {
  CompressionTools tools;
  tools.count_tokens = [&](std::string_view text) { return counter.encode(text).size(); };
  tools.read = [&](const Page& page, const PageLayout& layout) {
    return read_study_page(reader, page, layout);
  };
  return tools;
}

Result<CompressionStudy> study(const Arguments& a, const CommandLine& line,
                               const CompressionOptions& options, const std::string& path) {
  const Result<TextFolder> texts = TextFolder::open(a.texts);
  QUIRE_TRY(texts);
  const Result<Reader> model = Reader::open(path, line.arithmetic);
  QUIRE_TRY(model);
  // A file that is there but broken is an error: the ratios would be other ones than asked for.
  const auto official = find_official_tokenizer(path);
  QUIRE_TRY(official);

  const PageReader reader = PageReader::of_reader(*model);
  CompressionTools tools =
      study_tools(reader, *official ? (*official)->tokenizer : model->tokenizer());
  tools.tokenizer = *official ? "the official tokenizer (" + (*official)->path + ")"
                              : "the model's own tokenizer";
  StudyProgress progress("eval compression", "pages", line.quiet);
  tools.progress = std::ref(progress);
  Result<CompressionStudy> result = run_compression_study(*texts, options, tools);
  progress.finish();
  return result;
}

Status write_accuracy(const CompressionStudy& study, const std::string& model) {
  const Result<Json> table = accuracy_table(study);
  QUIRE_TRY(table);
  return write_file(model + "/accuracy.json", table->dump(1) + "\n");
}

}  // namespace

int eval_compression_command(int argc, char** argv) {
  Arguments a;
  CommandLine line("eval compression", "How much of a page comes back, by how much stands on it.");
  describe(line.options(), a);
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;
  const Result<CompressionOptions> options = to_options(a);
  if (!options) return line.wrong_usage(options.status().message());
  const auto path = find_model(line.model);
  if (!path) return line.fail(path.status());
  const Result<CompressionStudy> result = study(a, line, *options, *path);
  if (!result) return line.fail(result.status());
  if (result->unknown_characters > 0) {
    line.complain(std::to_string(result->unknown_characters) +
                  " characters are in none of the fonts and were drawn as boxes");
  }
  if (!a.svg.empty()) {
    const Status drawn = write_file(a.svg, to_svg(compression_chart(*result)));
    if (!drawn.ok()) return line.fail(drawn);
  }
  if (a.write_accuracy) {
    const Status written = write_accuracy(*result, *path);
    if (!written.ok()) return line.fail(written);
  }
  return line.print(to_json(*result), to_table(*result));
}

}  // namespace quire
