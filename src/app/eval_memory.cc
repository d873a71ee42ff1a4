// quire eval memory TEXTS: what a memory that forgets keeps, beside what else one could do.
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/eval.h"
#include "app/find_model.h"
#include "base/file.h"
#include "base/progress.h"
#include "eval/memory_report.h"
#include "fold/text_tokens.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string texts, svg, life;
  MemoryStudyOptions study;
};

// A folder for the stores of the study, gone afterwards.
struct Workshop {
  Workshop()
      : path(fs::temp_directory_path() / ("quire-eval-memory-" + std::to_string(::getpid()))) {
    fs::create_directories(path, error);
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
  std::error_code error;
};

Result<Tokenizer> counter(const std::string& model, std::string& name) {
  auto official = find_official_tokenizer(model);
  QUIRE_TRY(official);
  if (*official) {
    name = "the official tokenizer (" + (*official)->path + ")";
    return std::move((*official)->tokenizer);
  }
  name = "the model's own tokenizer";
  return Tokenizer::of_model(model);
}

// The entries as `quire memory import` takes them; the life ends at kLifeEnd.
Status write_life(const Arguments& a, const TextFolder& texts) {
  const auto life = make_life(texts, a.study.entries, Ages::kEven, a.study.seed);
  QUIRE_TRY(life);
  std::string lines = "{\"kind\":\"memory\",\"version\":1}\n";
  for (const LifeEntry& entry : *life) {
    const nlohmann::ordered_json json = {{"kind", "entry"},
                                         {"time", kLifeEnd - entry.age},
                                         {"role", entry.role},
                                         {"text", entry.text}};
    lines += json.dump() + "\n";
  }
  return write_file(a.life, lines);
}

Result<MemoryStudy> study(Arguments& a, const CommandLine& line, const TextFolder& texts) {
  const auto model = find_model(line.model);
  QUIRE_TRY(model);
  const auto reader = Reader::open(*model, line.arithmetic);
  QUIRE_TRY(reader);
  auto font = Font::open("DejaVuSansMono");
  QUIRE_TRY(font);
  MemoryStudyTools tools;
  const auto tokenizer = counter(*model, tools.tokenizer);
  QUIRE_TRY(tokenizer);
  const Workshop workshop;
  if (workshop.error) return io_error(workshop.path.string() + ": cannot be made");
  a.study.folder = workshop.path.string();
  std::unique_ptr<Progress> progress;
  std::string doing;
  tools.font = &*font;
  tools.reader = PageReader::of_reader(*reader);
  tools.count = [&](std::string_view text) { return tokenizer->encode(text).size(); };
  tools.progress = [&](const std::string& what, std::size_t done, std::size_t total) {
    if (!progress || doing != what) {
      doing = what;
      progress = std::make_unique<Progress>(ProgressOptions{
          .what = "eval memory: " + what, .unit = "steps", .total = total, .quiet = line.quiet});
    }
    progress->update(done);
  };
  return run_memory_study(texts, a.study, tools);
}

// NAME.svg for the retention, NAME-exact.svg and NAME-phrase.svg for the budgets.
Status write_charts(const std::string& path, const MemoryStudy& study) {
  const fs::path stem = fs::path(path).replace_extension();
  QUIRE_TRY(write_file(path, to_svg(retention_chart(study))));
  QUIRE_TRY(
      write_file(stem.string() + "-exact.svg", to_svg(budget_chart(study, BudgetCurve::kExact))));
  return write_file(stem.string() + "-phrase.svg",
                    to_svg(budget_chart(study, BudgetCurve::kPhrase)));
}

}  // namespace

int eval_memory_command(int argc, char** argv) {
  Arguments a;
  CommandLine line("eval memory", "What a memory that forgets keeps, and what else keeps more.");
  Options& options = line.options();
  options.add_option("TEXTS", a.texts, "a folder of *.txt files the model has not seen").required();
  options.add_option("--entries", a.study.entries, "of the life that is remembered")
      .show_default()
      .between(1, 1'000'000);
  options.add_option("--budgets", a.study.budgets, "tokens of the contexts")
      .listed()
      .show_default();
  options.add_option("--leaves", a.study.leaves, "that are read in every tier").show_default();
  options.add_option("--questions", a.study.questions, "asked at every budget").show_default();
  options.add_option("--seed", a.study.seed, "another life").show_default();
  options.add_option("--svg", a.svg, "draw the curves: FILE.svg, FILE-exact.svg, FILE-phrase.svg");
  options.add_option("--write-life", a.life,
                     "only write the entries, evenly over a year, as memory import takes them");
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;
  const auto texts = TextFolder::open(a.texts);
  if (!texts) return line.fail(texts.status());
  if (!a.life.empty()) {
    const Status written = write_life(a, *texts);
    if (!written.ok()) return line.fail(written);
    line.tell(a.life + ": the life ends at @" + std::to_string(kLifeEnd));
    return kDone;
  }
  const auto result = study(a, line, *texts);
  if (!result) return line.fail(result.status());
  if (!a.svg.empty()) {
    const Status drawn = write_charts(a.svg, *result);
    if (!drawn.ok()) return line.fail(drawn);
  }
  return line.print(to_json(*result), to_table(*result));
}

}  // namespace quire
