// quire fold FILE... -o OUT.quire
#include "fold/fold.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "app/numbered_path.h"
#include "app/suggest.h"
#include "base/file.h"
#include "base/progress.h"
#include "fold/fold_bill.h"
#include "fold/folding.h"
#include "format/png.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<std::string> files;
  std::string output, mode, font = kDefaultFace, page, cache;
  double ratio = 0;
  bool exact = false;
};

void describe(Options& options, Arguments& a) {
  options.add_option("FILE", a.files, "text, UTF-8; several become one text; - is standard input")
      .required();
  options.add_option("-o,--output", a.output, "the .quire to write (else FILE with that ending)");
  options.add_option("--mode", a.mode, "size of the pages: tiny, small, base or large");
  options.add_option(
      "--ratio", a.ratio,
      "text tokens for each vision token (else as many as the model can be trusted with)");
  options.add_option("--font", a.font, "a font file, or the name of an installed one")
      .show_default();
  options.add_flag("--exact", a.exact, "store what makes the text come back byte for byte");
  options.add_option("--cache-tokens", a.cache, "store the vision tokens too: f16 or f32");
  options.add_option("--page", a.page,
                     "write the page as a PNG too; of several pages NAME-1.png, ...");
}

// Wrong usage that the parser does not see; "" when there is none.
std::string usage_problem(const Arguments& a, CommandLine& line) {
  if (!a.mode.empty() && !find_mode(a.mode)) {
    std::vector<std::string> names;
    for (const Mode& mode : kModes) names.emplace_back(mode.name);
    return "there is no mode '" + a.mode + "'" + did_you_mean(a.mode, names);
  }
  if (!a.cache.empty() && a.cache != "f16" && a.cache != "f32") {
    return "--cache-tokens takes f16 or f32, not '" + a.cache + "'";
  }
  if (line.given("--ratio") && !(a.ratio > 0)) return "--ratio must be above 0";
  if (a.output.empty() && (a.files.size() > 1 || a.files.front() == "-")) {
    return "say where to with -o";
  }
  if (a.output == "-" && line.json) return "-o - and --json both want standard output";
  return "";
}

std::string shown(const std::string& file) { return file == "-" ? "standard input" : file; }

// All files as one text. The error says what is wrong with each.
Result<SourceText> read_texts(const std::vector<std::string>& files) {
  std::string all, problems;
  Code code = Code::kOk;
  for (const std::string& file : files) {
    auto bytes = read_text(file);
    Status problem;
    if (!bytes) {
      problem = bytes.status();
    } else if (const auto text = check_text(*bytes); !text) {
      problem = text.status().at(shown(file));
    }
    if (problem.ok()) {
      all += *bytes;
    } else {
      code = problem.code();
      problems += (problems.empty() ? "" : "\n") + problem.message();
    }
  }
  if (code != Code::kOk) return Status(code, problems);
  return check_text(std::move(all));
}

struct Done {
  Folding folding;
  FoldBill bill;
  std::string model;
};

Result<Done> run(const Arguments& a, const CommandLine& line, const std::string& output) {
  auto text = read_texts(a.files);
  QUIRE_TRY(text);
  const auto directory = find_model(line.model);
  QUIRE_TRY(directory);
  const auto model = Reader::open(*directory, line.arithmetic);
  QUIRE_TRY(model);
  auto folding = prepare_folding(*std::move(text), {a.mode, a.ratio, a.font}, *model, *directory);
  if (!folding) {
    return folding.status().at(a.files.size() == 1 ? shown(a.files.front()) : "the texts");
  }

  auto writer = FileWriter::create(output);
  QUIRE_TRY(writer);
  const std::size_t pages = count_pages(folding->text, folding->plan);
  Progress progress({.what = "fold", .unit = "pages", .total = pages, .quiet = line.quiet});
  FoldSink sink;
  sink.write = [&](std::string_view bytes) { return writer->append(bytes); };
  sink.on_page = [&](const Page& page, std::size_t number) -> Status {
    progress.update(number);
    if (a.page.empty()) return {};
    const auto png = encode_png(page.picture);
    QUIRE_TRY(png);
    return write_file(numbered_path(a.page, number, pages > 1), *png);
  };
  FoldOptions options;
  options.exact = a.exact;
  if (!a.cache.empty()) options.cache_tokens = a.cache == "f16" ? DType::kF16 : DType::kF32;
  options.program = "quire " QUIRE_VERSION;
  auto bill = fold(*folding, PageReader::of_reader(*model), options, sink);
  QUIRE_TRY(bill);
  QUIRE_TRY(writer->commit());
  return Done{*std::move(folding), *std::move(bill), model->fingerprint()};
}

}  // namespace

int fold_command(int argc, char** argv) {
  Arguments a;
  CommandLine line("fold", "Text to page pictures, and what they cost in tokens.");
  describe(line.options(), a);
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;
  if (const std::string problem = usage_problem(a, line); !problem.empty()) {
    return line.wrong_usage(problem);
  }
  const std::string output =
      !a.output.empty() ? a.output : fs::path(a.files.front()).replace_extension(".quire").string();
  const auto done = run(a, line, output);
  if (!done) return line.fail(done.status());

  const Folding& f = done->folding;
  const FoldSummary summary{f.text, f.tokens,      f.plan,      done->bill,
                            output, f.font.name(), done->model, a.exact};
  if (const std::string remarks = bill_remarks(summary); !remarks.empty()) line.tell(remarks);
  if (output == "-") {  // standard output has the .quire
    if (!line.quiet) std::fputs(bill_text(summary).c_str(), stderr);
    return kDone;
  }
  return line.print(bill_json(summary), bill_text(summary));
}

}  // namespace quire
