#include "app/eval.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "base/thread_pool.h"
#include "eval/compression_report.h"
#include "fold/page_reader.h"
#include "fold/text_tokens.h"
#include "text/utf8.h"

namespace quire {
namespace {

struct Arguments {
  std::string texts, model = "models/quire-nano", svg, ratios = "2:20";
  std::vector<std::string> modes = {"tiny", "small", "base"}, kinds = {"prose", "words", "letters"};
  std::vector<int> levels;
  // Faces that the small model is not trained on.
  std::vector<std::string> fonts = {"FiraCode-Regular", "Anonymous Pro", "agave-r-autohinted"};
  int pages = 5, threads = 0;
  std::uint64_t seed = 1;
  bool json = false, quiet = false, write_accuracy = false;
};

void describe(CLI::App& study, Arguments& a) {
  study.add_option("TEXTS", a.texts, "a folder of *.txt files the model has not seen")->required();
  study.add_option("--model", a.model, "a model directory")->capture_default_str();
  study.add_option("--modes", a.modes, "page sizes: tiny, small, base, large")->delimiter(',');
  study.add_option("--kinds", a.kinds, "kinds of text: prose, words, letters")->delimiter(',');
  study.add_option("--pages", a.pages, "pages at each level")->capture_default_str();
  auto* ratios = study.add_option("--ratios", a.ratios, "from:to or from:to:step");
  ratios->capture_default_str();
  study.add_option("--levels", a.levels, "characters on a token, instead of ratios")
      ->delimiter(',')
      ->excludes(ratios);
  study.add_option("--font", a.fonts, "faces that pages take in turn: names or files")
      ->delimiter(',');
  study.add_option("--seed", a.seed, "other passages")->capture_default_str();
  study.add_option("--threads", a.threads, "0: as many as there are cores");
  study.add_option("--svg", a.svg, "draw the curve into this file");
  study.add_flag("--json", a.json, "one JSON object instead of the table");
  study.add_flag("--write-accuracy", a.write_accuracy,
                 "write accuracy.json into the model directory; fold plans by it");
  study.add_flag("--quiet", a.quiet, "no progress");
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

Status run(const Arguments& a, const CompressionOptions& options) {
  const Result<TextFolder> texts = TextFolder::open(a.texts);
  QUIRE_TRY(texts);
  const Result<Reader> model = Reader::open(a.model);
  QUIRE_TRY(model);
  // A file that is there but broken is an error: the ratios would be other ones than asked for.
  const auto official = find_official_tokenizer(a.model);
  QUIRE_TRY(official);
  const Tokenizer& counter = *official ? (*official)->tokenizer : model->tokenizer();

  const PageReader reader = PageReader::of_reader(*model);
  CompressionTools tools;
  tools.tokenizer = *official ? "the official tokenizer (" + (*official)->path + ")"
                              : "the model's own tokenizer";
  tools.count_tokens = [&](std::string_view text) { return counter.encode(text).size(); };
  tools.read = [&](const Page& page, const PageLayout& layout) {
    return read_study_page(reader, page, layout);
  };
  std::optional<Progress> progress;
  tools.progress = [&](int done, int total, const std::string& what) {
    if (!progress) {
      progress.emplace(ProgressOptions{.what = "eval compression",
                                       .unit = "pages",
                                       .total = static_cast<std::uint64_t>(total),
                                       .quiet = a.quiet});
    }
    progress->update(static_cast<std::uint64_t>(done), what);
    return true;
  };
  const Result<CompressionStudy> study = run_compression_study(*texts, options, tools);
  if (progress) progress->finish();
  QUIRE_TRY(study);
  if (study->unknown_characters > 0) {
    std::fprintf(stderr, "%zu characters are in none of the fonts and were drawn as boxes\n",
                 study->unknown_characters);
  }
  QUIRE_TRY(write_file("-", a.json ? to_json(*study).dump(1) + "\n" : to_table(*study)));
  if (!a.svg.empty()) QUIRE_TRY(write_file(a.svg, to_svg(compression_chart(*study))));
  if (!a.write_accuracy) return {};
  const Result<Json> table = accuracy_table(*study);
  QUIRE_TRY(table);
  return write_file(a.model + "/accuracy.json", table->dump(1) + "\n");
}

}  // namespace

int eval_command(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "memory") {
    return eval_memory_command(argc - 1, argv + 1);
  }
  Arguments arguments;
  CLI::App app("measures a model", "quire eval");
  CLI::App* study =
      app.add_subcommand("compression", "how much of a page comes back, by how much stands on it");
  describe(*study, arguments);
  app.add_subcommand("memory", "what a memory that forgets keeps, and what else keeps more");
  app.require_subcommand(1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const Result<CompressionOptions> options = to_options(arguments);
  if (!options) {
    std::fprintf(stderr, "quire eval: %s\n", options.status().message().c_str());
    return 2;
  }
  set_threads(arguments.threads);
  const Status status = run(arguments, *options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "quire eval: %s\n", status.message().c_str());
  return 1;
}

}  // namespace quire
