// quire read FILE... [-o DIR]
#include <algorithm>
#include <filesystem>
#include <set>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "app/numbered_path.h"
#include "app/read_format.h"
#include "app/read_question.h"
#include "app/suggest.h"
#include "base/file.h"
#include "base/progress.h"
#include "document/draw_boxes.h"
#include "document/figures.h"
#include "format/png.h"
#include "model/model.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<std::string> files;
  std::string output = "-", task = "markdown", prompt, mode, format = "md", boxes;
  std::string ngram{kDefaultGuard.name};
  int max_tiles = kMaxTiles, retries = kMaxRetries;
  std::size_t max_tokens = 8192;
};

void describe(CLI::App& app, Arguments& a) {
  app.add_option("FILE", a.files, "PNG, JPEG, WebP or TIFF pictures; - is standard input");
  app.add_option("-o,--output", a.output, "a folder: one file a page, and its figures; - prints")
      ->capture_default_str();
  app.add_option("--task", a.task, "markdown, text, boxes, figure, describe or locate=TEXT")
      ->capture_default_str();
  app.add_option("--prompt", a.prompt,
                 "a prompt of your own; with several <image> all files go into one prompt");
  app.add_option("--mode", a.mode, "tiny, small, base, large, gundam or gundam-m");
  app.add_option("--format", a.format, "md, text, json or html")->capture_default_str();
  app.add_option("--boxes", a.boxes,
                 "write the page with its boxes drawn as a PNG; of several NAME-1.png, ...");
  app.add_option("--ngram", a.ngram,
                 "ban of repeats: off, 20-whole, 35-whole, 30/90, 20/50, 40/90, 35/128")
      ->capture_default_str();
  app.add_option("--max-tiles", a.max_tiles, "tiles a large picture is cut into, at most")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  app.add_option("--max-tokens", a.max_tokens, "a page is given up after so many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--retries", a.retries, "other ways to try when a page loops or does not end")
      ->check(CLI::Range(0, kMaxRetries))
      ->capture_default_str();
}

template <typename Rows>
std::string unknown(const std::string& what, const std::string& word, const Rows& rows) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& row : rows) {
    names.emplace_back(row.name);
    list += (list.empty() ? "" : ", ") + std::string(row.name);
  }
  return "there is no " + what + " '" + word + "'" + did_you_mean(word, names) + "; there are " +
         list;
}

// Wrong usage that the parser does not see; "" when there is none.
std::string usage_problem(const Arguments& a) {
  if (!a.mode.empty() && !find_mode(a.mode)) return unknown("mode", a.mode, kModes);
  if (!find_ngram_preset(a.ngram)) return unknown("ban of repeats", a.ngram, kNgramPresets);
  if (!find_read_format(a.format)) return unknown("format", a.format, kReadFormats);
  if (std::count(a.files.begin(), a.files.end(), "-") > 1)
    return "standard input can be read only once";
  return "";
}

// Names for the output of each item, no two the same: scan, scan-2, ...
class Names {
 public:
  std::string next(const std::vector<std::string>& paths) {
    const std::string stem = paths.empty()     ? "answer"
                             : paths[0] == "-" ? "stdin"
                                               : fs::path(paths[0]).stem().string();
    std::string name = stem;
    for (int i = 2; !taken_.insert(name).second; ++i) name = stem + "-" + std::to_string(i);
    return name;
  }

 private:
  std::set<std::string> taken_;
};

class ReadCommand {
 public:
  ReadCommand(const Arguments& a, const CommandLine& line, const Reader& reader,
              ReadQuestion question)
      : a_(a), line_(line), reader_(reader), question_(std::move(question)) {}

  int run(const std::vector<std::vector<std::string>>& groups) {
    std::vector<ReadItem> items;
    for (const std::vector<std::string>& paths : groups) {
      ReadItem item{paths, read(paths, items.size(), groups.size()), {}};
      if (!item.result.problem.empty()) complain(item.result.problem);
      if (item.result.blank) line_.tell(paths[0] + ": a blank page");
      if (item.result.status != ReadStatus::kError) {
        const Status saved = save(item, items.size() + 1, groups.size() > 1);
        if (!saved.ok()) complain(saved.message());
      }
      item.result.picture = Image();  // a book's pictures need not be kept
      items.push_back(std::move(item));
    }
    const int printed = print(items);
    return failed_ ? kFailed : printed;
  }

 private:
  PageResult read(const std::vector<std::string>& paths, std::size_t done, std::size_t all) {
    ReadRequest request;
    request.prompt = question_.prompt;
    if (!a_.mode.empty()) request.mode = *find_mode(a_.mode);
    request.max_tiles = a_.max_tiles;
    request.guard = *find_ngram_preset(a_.ngram);
    request.retries = a_.retries;
    request.max_tokens = a_.max_tokens;
    Progress progress({.what = "read", .unit = "tokens", .quiet = line_.quiet});
    const std::string place = std::to_string(done + 1) + " of " + std::to_string(all) +
                              (paths.empty() ? "" : ", " + paths[0]);
    request.on_progress = [&](const ReadProgress& now) {
      std::string note = place;
      if (now.tokens == 0) note += ", view " + std::to_string(now.views);
      if (now.attempt > 1) note += ", try " + std::to_string(now.attempt);
      progress.update(now.tokens, note);
    };
    return read_document(reader_, paths, request, question_.whole_page);
  }

  // What belongs on the disk: figures and page in the folder, the picture with boxes.
  Status save(ReadItem& item, std::size_t number, bool several) {
    const PageResult& result = item.result;
    if (!a_.boxes.empty() && !item.paths.empty()) {
      const auto png = encode_png(draw_boxes(result.picture, result.page.blocks));
      QUIRE_TRY(png);
      QUIRE_TRY(write_file(numbered_path(a_.boxes, number, several), *png));
    }
    if (a_.output == "-") return {};
    std::error_code error;
    fs::create_directories(a_.output, error);
    if (error) return io_error(a_.output + ": cannot be made: " + error.message());
    const std::string name = names_.next(item.paths);
    auto links = save_figures(result.page, result.picture, a_.output, name);
    QUIRE_TRY(links);
    item.links = *std::move(links);
    const ReadFormat& format = *find_read_format(a_.format);
    return write_file((fs::path(a_.output) / (name + std::string(format.ending))).string(),
                      format.write({&item, 1}));
  }

  int print(const std::vector<ReadItem>& items) {
    if (!line_.json && a_.output != "-") return kDone;
    const ReadFormat& format = *find_read_format(line_.json ? "json" : a_.format);
    const Status written = write_file("-", format.write(items));
    if (written.ok()) return kDone;
    line_.complain(written.message());
    return kFailed;
  }

  void complain(const std::string& sentence) {
    line_.complain(sentence);
    failed_ = true;
  }

  const Arguments& a_;
  const CommandLine& line_;
  const Reader& reader_;
  ReadQuestion question_;
  Names names_;
  bool failed_ = false;
};

}  // namespace

int read_command(int argc, char** argv) {
  Arguments a;
  CommandLine line("read", "Pictures of documents to Markdown, text, JSON or HTML.");
  describe(line.options(), a);
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;
  if (const std::string problem = usage_problem(a); !problem.empty()) {
    return line.wrong_usage(problem);
  }
  auto question = read_question(a.task, a.prompt, a.files.size());
  if (!question) return line.wrong_usage(question.status().message());
  const auto groups = group_files(*question, a.files);
  if (!groups) return line.wrong_usage(groups.status().message());

  const auto directory = find_model(line.model);
  if (!directory) return line.fail(directory.status());
  const auto reader = Reader::open(*directory, line.precision);
  if (!reader) return line.fail(reader.status());
  if (reader->model().config().reads_in_passes && !question->whole_page) {
    return line.fail(unsupported(*directory +
                                 ": this model reads the text of a page and can be asked nothing "
                                 "else; leave --prompt out and take --task text"));
  }
  return ReadCommand(a, line, *reader, *std::move(question)).run(*groups);
}

}  // namespace quire
