#include "app/read_pile.h"

#include <signal.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/counted.h"
#include "base/progress.h"
#include "batch/document_pages.h"
#include "batch/manifest.h"
#include "batch/pile.h"
#include "batch/pile_json.h"
#include "batch/shard.h"

namespace quire {
namespace {

std::atomic<bool> stop_asked = false;

// The first one lets the pages end that are under way, the second does what signals do.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked = true; };
  action.sa_flags = SA_RESETHAND;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

// All that decides what becomes of a page. Where the time goes and what is written is not in it.
std::string settings(const Reader& reader, const CommandLine& line, const PageRules& rules) {
  const ReadRequest& request = rules.request;
  nlohmann::ordered_json all = {{"model", reader.fingerprint()},
                                {"precision", line.precision()},
                                {"cache", dtype_info(line.arithmetic.cache).name},
                                {"prompt", request.prompt},
                                {"mode", request.mode ? request.mode->name : "own"},
                                {"max_tiles", request.max_tiles},
                                {"ngram", request.guard.name},
                                {"retries", request.retries},
                                {"max_tokens", request.max_tokens},
                                {"budget", rules.budget},
                                {"skip_blank", rules.skip_blank},
                                {"prepare", rules.prepare.turn}};
  // Left out as a rule, so that piles begun before there was a choice go on.
  for (const NamedTextLayerUse& row : kTextLayerUses) {
    if (rules.layer == row.use && row.use != TextLayerUse::kIgnore) all["text_layer"] = row.name;
  }
  return all.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<OutputFormat> formats(const std::string& list) {
  std::vector<OutputFormat> rows;
  for (const std::string& name : split_words(list.empty() ? "md,html,json" : list)) {
    rows.push_back(*find_output_format(name));
  }
  return rows;
}

PageStatusSet statuses(const std::string& list) {
  PageStatusSet set;
  for (const std::string& name : split_words(list)) {
    set.set(static_cast<std::size_t>(*find_page_status(name)));
  }
  return set;
}

std::string summary_text(const PileSummary& summary, bool again, double seconds) {
  std::string text = counted(summary.pages, "page", "pages") + " of " +
                     counted(summary.documents, "document", "documents");
  const char* divider = ": ";
  for (std::size_t i = 0; i < kPageStatuses; ++i) {
    if (summary.statuses[i] == 0) continue;
    text += divider + std::to_string(summary.statuses[i]) + " " + std::string(kPageStatusNames[i]);
    divider = ", ";
  }
  if (summary.from_layer > 0) {
    text += "; " + std::to_string(summary.from_layer) + " are their text layer";
  }
  if (summary.compared > 0) {
    text += "; " + std::to_string(summary.differ) + " of " + std::to_string(summary.compared) +
            " differ from their text layer";
  }
  text += "; " + std::to_string(summary.read_now) + " read now, in " + duration_text(seconds);
  if (again && summary.unread > 0) {
    text += "; " + std::to_string(summary.unread) +
            " pages or documents are not read yet, for that leave --again out";
  }
  if (summary.stopped) text += "; stopped: the same command goes on";
  return text;
}

std::string progress_note(const PileProgress& now) {
  std::string note = counted(now.documents, "document", "documents") + " written";
  if (now.failed > 0) note += ", " + counted(now.failed, "page", "pages") + " failed";
  return note;
}

}  // namespace

int read_into_folder(const ReadOptionsGiven& given, const CommandLine& line, const Reader& reader,
                     const ReadQuestion& question) {
  const Result<Shard> shard =
      given.shard.empty() ? shard_from(process_environment()) : parse_shard(given.shard);
  if (!shard) return line.wrong_usage(shard.status().message());
  const Result<Manifest> manifest = make_manifest({given.files, given.list, given.output});
  if (!manifest) return line.fail(manifest.status());
  for (const std::string& remark : manifest->remarks) line.tell(remark);
  if (!shard->all()) {
    line.tell("this is part " + std::to_string(shard->number) + " of " +
              std::to_string(shard->count) + " (" + shard->source + "); --shard all reads all");
  }

  const PageRules rules = page_rules(given, question, reader);
  Progress progress({.what = "read", .unit = "pages", .quiet = line.quiet});
  PileOptions options;
  options.folder = given.output;
  options.settings = settings(reader, line, rules);
  options.again = statuses(given.again);
  options.formats = formats(given.format);
  options.shard = *shard;
  options.boxes = given.previews;
  options.lanes = given.at_once;
  options.page_seconds = given.page_seconds;
  options.lease_seconds = given.lease_seconds;
  options.on_progress = [&](const PileProgress& now) {
    progress.set_total(static_cast<std::uint64_t>(now.expected));
    progress.update(static_cast<std::uint64_t>(now.pages), progress_note(now));
  };
  options.on_problem = [&](const std::string& sentence) {
    progress.finish();
    line.complain(sentence);
  };
  options.on_remark = [&](const std::string& sentence) {
    progress.finish();
    line.tell(sentence);
  };
  options.stop = &stop_asked;
  stop_on_signals();
  const double begin = steady_seconds();
  const Result<PileSummary> summary = read_pile(*manifest, open_with(reader, rules), options);
  progress.finish();
  if (!summary) return line.fail(summary.status());
  line.tell(summary_text(*summary, options.again.any(), steady_seconds() - begin));
  if (line.json) {
    const Status written = write_pile_json("-", *manifest, given.output, *shard, *summary);
    if (!written.ok()) return line.fail(written);
  }
  return summary->all_read() ? kDone : kFailed;
}

}  // namespace quire
