// quire read FILE... [-o DIR]
#include <algorithm>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "app/numbered_path.h"
#include "app/read_format.h"
#include "app/read_options.h"
#include "app/read_pile.h"
#include "app/read_question.h"
#include "base/file.h"
#include "base/progress.h"
#include "document/draw_boxes.h"
#include "format/png.h"
#include "model/model.h"
#include "text/escape.h"

namespace quire {
namespace {

class ReadCommand {
 public:
  ReadCommand(const ReadOptionsGiven& a, const CommandLine& line, const Reader& reader,
              ReadQuestion question)
      : a_(a), line_(line), reader_(reader), question_(std::move(question)) {}

  int run(const std::vector<std::vector<std::string>>& groups) {
    std::vector<ReadItem> items;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      place_ = std::to_string(i + 1) + " of " + std::to_string(groups.size());
      if (!groups[i].empty()) place_ += ", " + printable(groups[i][0]);
      read_group(groups[i], groups.size() > 1, items);
    }
    tell_layers(items);
    const int printed = print(items);
    return failed_ ? kFailed : printed;
  }

 private:
  // Pictures of one prompt, or one document with its pages.
  void read_group(const std::vector<std::string>& paths, bool several,
                  std::vector<ReadItem>& items) {
    Progress progress({.what = "read", .unit = "tokens", .quiet = line_.quiet});
    PageRules rules = page_rules(a_, question_, reader_);
    // Boxes are in pixels of the picture, which is not to be put on a sheet.
    rules.prepare.lay_small = false;
    rules.request.on_progress = [&](const ReadProgress& now) {
      std::string note = place_;
      if (now.tokens == 0) note += ", view " + std::to_string(now.views);
      if (now.attempt > 1) note += ", try " + std::to_string(now.attempt);
      progress.update(now.tokens, note);
    };
    if (paths.size() != 1) {
      PageResult result = read_document(reader_, paths, rules.request, question_.whole_page);
      return take({paths, 1, std::move(result), {}}, several, items);
    }
    const auto source = open_with(reader_, rules)(paths[0]);
    if (!source) {
      PageResult result;
      result.problem = source.status().message();
      return take({paths, 1, std::move(result), {}}, several, items);
    }
    const int pages = (*source)->pages();
    for (int page = 1; page <= pages; ++page) {
      if (pages > 1) place_ = printable(paths[0]) + ", page " + std::to_string(page);
      Result<PageResult> read = (*source)->read(page, Cancel::kNoDeadline);
      PageResult result;
      if (read) {
        result = *std::move(read);
        if (!result.problem.empty()) result.problem = place_of(paths[0], page) + result.problem;
      } else {
        result.problem = read.status().message();
      }
      take({paths, page, std::move(result), {}}, several || pages > 1, items);
    }
  }

  // How many pages are nobody's reading.
  void tell_layers(const std::vector<ReadItem>& items) const {
    const auto taken = std::count_if(items.begin(), items.end(), [](const ReadItem& item) {
      return item.result.source() == kFromLayer;
    });
    if (taken == 0) return;
    line_.tell(std::to_string(taken) + " of " + std::to_string(items.size()) +
               " pages are their text layer, and the model was not asked");
  }

  static std::string place_of(const std::string& path, int page) {
    return path + (page > 1 ? ", page " + std::to_string(page) : "") + ": ";
  }

  void take(ReadItem item, bool several, std::vector<ReadItem>& items) {
    if (!item.result.problem.empty()) complain(item.result.problem);
    if (item.result.blank) line_.tell(place_of(item.paths[0], item.page) + "a blank page");
    const auto& layer = item.result.layer;
    if (layer && layer->check && !layer->check->diff.differences.empty()) {
      line_.tell(place_of(item.paths[0], item.page) + describe(*layer->check));
    }
    if (item.result.status != ReadStatus::kError) {
      const Status saved = save(item, items.size() + 1, several);
      if (!saved.ok()) complain(saved.message());
    }
    item.result.picture = Image();  // a book's pictures need not be kept
    items.push_back(std::move(item));
  }

  // The picture with its boxes.
  Status save(const ReadItem& item, std::size_t number, bool several) {
    if (a_.boxes.empty() || item.paths.empty() || item.result.picture.width == 0) return {};
    const PageResult& result = item.result;
    const auto png = encode_png(draw_boxes(result.picture, result.page.blocks));
    QUIRE_TRY(png);
    return write_file(numbered_path(a_.boxes, number, several), *png);
  }

  int print(const std::vector<ReadItem>& items) {
    const ReadFormat& format = *find_read_format(line_.json          ? "json"
                                                 : a_.format.empty() ? "md"
                                                                     : a_.format);
    const Status written = write_file("-", format.write(items));
    if (written.ok()) return kDone;
    line_.complain(written.message());
    return kFailed;
  }

  void complain(const std::string& sentence) {
    line_.complain(sentence);
    failed_ = true;
  }

  const ReadOptionsGiven& a_;
  const CommandLine& line_;
  const Reader& reader_;
  ReadQuestion question_;
  std::string place_;  // for people: what is being read
  bool failed_ = false;
};

}  // namespace

int read_command(int argc, char** argv) {
  ReadOptionsGiven a;
  CommandLine line("read", "Documents to Markdown, text, JSON or HTML.");
  describe(line.options(), a);
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;
  if (const std::string problem = usage_problem(a); !problem.empty()) {
    return line.wrong_usage(problem);
  }
  auto question = read_question(a.task, a.prompt, a.files.size() + (a.list.empty() ? 0 : 1));
  if (!question) return line.wrong_usage(question.status().message());
  if (a.text_layer != "ignore" && (question->pictures != 1 || !question->whole_page)) {
    return line.wrong_usage(
        "--text-layer is about all the words of a page; take it with --task markdown, text or "
        "boxes");
  }
  if (a.text_layer == "prefer" && a.task == "boxes") {
    return line.wrong_usage("a text layer has no boxes; take --text-layer check or another task");
  }
  const bool into_folder = a.output != "-";
  if (into_folder && question->pictures != 1) {
    return line.wrong_usage("-o takes a prompt with one <image>; leave -o out to print the answer");
  }
  if (into_folder && std::count(a.files.begin(), a.files.end(), "-") > 0) {
    return line.wrong_usage("standard input has no name for a file in a folder; leave -o out");
  }
  if (into_folder && a.files.empty() && a.list.empty()) {
    return line.wrong_usage("name documents to read");
  }
  using Groups = std::vector<std::vector<std::string>>;
  const auto groups = into_folder ? Result<Groups>(Groups()) : group_files(*question, a.files);
  if (!groups) return line.wrong_usage(groups.status().message());

  const auto directory = find_model(line.model);
  if (!directory) return line.fail(directory.status());
  const auto reader = Reader::open(*directory, line.arithmetic);
  if (!reader) return line.fail(reader.status());
  if (reader->reads_in_passes() && !question->whole_page) {
    return line.fail(unsupported(*directory +
                                 ": this model reads the text of a page and can be asked nothing "
                                 "else; leave --prompt out and take --task text"));
  }
  if (into_folder) return read_into_folder(a, line, *reader, *question);
  return ReadCommand(a, line, *reader, *std::move(question)).run(*groups);
}

}  // namespace quire
