#include "app/read_options.h"

#include <algorithm>
#include <span>

#include "app/read_format.h"
#include "app/suggest.h"
#include "batch/crash_mark.h"
#include "batch/page_status.h"

namespace quire {
namespace {

std::string unknown_word(const std::string& what, const std::string& word,
                         std::span<const std::string_view> known) {
  std::string list;
  for (const std::string_view name : known) {
    list += (list.empty() ? "" : ", ") + std::string(name);
  }
  return "there is no " + what + " '" + word + "'" +
         did_you_mean(word, {known.begin(), known.end()}) + "; there are " + list;
}

template <typename Rows>
std::string unknown(const std::string& what, const std::string& word, const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return unknown_word(what, word, names);
}

}  // namespace

void describe(Options& options, ReadOptionsGiven& a) {
  options.add_option(
      "FILE", a.files,
      "PDF, PNG, JPEG, WebP or TIFF; - is standard input; with -o also folders and quoted "
      "patterns");
  options.add_option("--files-from", a.list,
                     "a file with more of them, one a line or divided by zero bytes; - is standard "
                     "input; needs -o");
  options
      .add_option("-o,--output", a.output,
                  "a folder: files for each document, and a journal, so that it can be stopped and "
                  "started at any time; - prints")
      .show_default();
  options.add_option("--task", a.task, "markdown, text, boxes, figure, describe or locate=TEXT")
      .show_default();
  options.add_option("--prompt", a.prompt,
                     "a prompt of your own; with several <image> all files go into one prompt");
  options.add_option("--mode", a.mode, "tiny, small, base, large, gundam or gundam-m");
  options.add_option("--budget", a.budget, "vision tokens a page: chooses the mode for each page")
      .between(1, 100'000);
  options
      .add_option(
          "--text-layer", a.text_layer,
          "the text a PDF says it holds: ignore; prefer takes it where it is usable and the "
          "page no scan, and asks the model about the others; check compares what the model "
          "read with it")
      .show_default();
  options.add_option(
      "--format", a.format,
      "md, text, json or html [md]; with -o several, divided by commas [md,html,json]");
  options.add_option("--boxes", a.boxes,
                     "write the page with its boxes drawn as a PNG; of several NAME-1.png, ...");
  options.add_option(
      "--again", a.again,
      "with -o: read the pages again that ended like this (loop,limit), perhaps with "
      "other settings; the last reading counts");
  options.add_flag("--previews", a.previews, "the same with -o: NAME_pages/page-1.png, ...");
  options
      .add_option("--ngram", a.ngram,
                  "ban of repeats: off, 20-whole, 35-whole, 30/90, 20/50, 40/90, 35/128")
      .show_default();
  options.add_option("--max-tiles", a.max_tiles, "tiles a large picture is cut into, at most")
      .between(1, 32)
      .show_default();
  options.add_option("--max-tokens", a.max_tokens, "a page is given up after so many")
      .between(1, 1'000'000)
      .show_default();
  options.add_option("--retries", a.retries, "other ways to try when a page loops or does not end")
      .between(0, kMaxRetries)
      .show_default();
  options.add_option(
      "--shard", a.shard,
      "with -o: 1/4 reads the first of four parts of the documents, all reads all of "
      "them [what Slurm or Kubernetes say, else all]");
  options.add_option("--at-once", a.at_once, "with -o: pages under way at once")
      .between(1, CrashMarks::kSlots)
      .show_default();
  options
      .add_option("--page-seconds", a.page_seconds, "with -o: a page that takes longer is given up")
      .between(0.001, 1e6)
      .show_default();
  options
      .add_option(
          "--lease", a.lease_seconds,
          "with -o: a worker that was not heard of for so many seconds is thought dead, and "
          "others take its pages")
      .between(0.1, 1e6)
      .show_default();
}

std::string usage_problem(const ReadOptionsGiven& a) {
  if (!a.mode.empty() && !find_mode(a.mode)) return unknown("mode", a.mode, kModes);
  if (!find_ngram_preset(a.ngram)) return unknown("ban of repeats", a.ngram, kNgramPresets);
  if (!find_text_layer_use(a.text_layer))
    return unknown("use of the text layer", a.text_layer, kTextLayerUses);
  const bool folder = a.output != "-";
  const std::vector<std::string> formats = split_words(a.format);
  for (const std::string& format : formats) {
    if (!find_read_format(format)) return unknown("format", format, kReadFormats);
  }
  if (formats.size() > 1 && !folder) return "only one format can be printed; name a folder with -o";
  if (std::count(a.files.begin(), a.files.end(), "-") > 1)
    return "standard input can be read only once";
  for (const std::string& status : split_words(a.again)) {
    if (!find_page_status(status)) return unknown_word("status", status, kPageStatusNames);
  }
  if (!folder && (a.previews || !a.list.empty() || !a.shard.empty() || !a.again.empty()))
    return "--previews, --files-from, --shard and --again need a folder, named with -o";
  if (folder && !a.boxes.empty()) return "with -o take --previews instead of --boxes";
  return "";
}

ReadRequest read_request(const ReadOptionsGiven& a, const ReadQuestion& question) {
  ReadRequest request;
  request.prompt = question.prompt;
  if (!a.mode.empty()) request.mode = *find_mode(a.mode);
  request.max_tiles = a.max_tiles;
  request.guard = *find_ngram_preset(a.ngram);
  request.retries = a.retries;
  request.max_tokens = a.max_tokens;
  return request;
}

PageRules page_rules(const ReadOptionsGiven& a, const ReadQuestion& question,
                     const Reader& reader) {
  PageRules rules = rules_for(reader, read_request(a, question), question.whole_page);
  rules.layer = *find_text_layer_use(a.text_layer);
  rules.budget = a.budget;
  return rules;
}

std::vector<std::string> split_words(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    words.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

}  // namespace quire
