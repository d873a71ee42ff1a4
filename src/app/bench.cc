// quire bench: how fast a model runs on this machine, beside what the machine could do.
#include <sys/resource.h>

#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "app/study_progress.h"
#include "base/clock.h"
#include "eval/page_speed.h"
#include "eval/speed.h"
#include "infer/reader.h"

namespace quire {
namespace {

struct Start {
  double load_seconds = 0;
  long peak_rss_mib = 0;
};

long peak_rss_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// The main job's time, of a model that does it: one that reads the pages that fold draws.
Result<std::optional<PageSpeed>> page_speed(const Reader& reader, const std::string& directory,
                                            int repeats) {
  if (!reader.reads_in_passes()) return std::optional<PageSpeed>();
  auto font = Font::open("DejaVuSansMono");
  QUIRE_TRY(font);
  const auto table = AccuracyTable::load(directory);
  QUIRE_TRY(table);
  const auto plan = plan_pages({}, *table);
  QUIRE_TRY(plan);
  PageSpeedOptions options;
  options.repeats = repeats;
  const auto speed = measure_pages(reader, *font, *plan, options);
  QUIRE_TRY(speed);
  return std::optional<PageSpeed>(*speed);
}

nlohmann::ordered_json to_json(const SpeedStudy& study, const std::optional<PageSpeed>& pages,
                               const Start& start) {
  const Machine& m = study.machine;
  nlohmann::ordered_json json = {{"machine",
                                  {{"cpu", m.cpu},
                                   {"threads", m.threads},
                                   {"isa", m.isa},
                                   {"mem_gb_s", m.mem_gb_s},
                                   {"f32_gflop_s", m.f32_gflop_s},
                                   {"int16_gop_s", m.int16_gop_s},
                                   {"bf16_gflop_s", m.bf16_gflop_s},
                                   {"int8_gop_s", m.int8_gop_s}}}};
  for (const char* list : {"encode", "prefill", "decode"})
    json[list] = nlohmann::ordered_json::array();
  for (const EncodeSpeed& row : study.encode) {
    json["encode"].push_back({{"mode", row.mode},
                              {"side", row.side},
                              {"precision", row.precision},
                              {"seconds", row.seconds},
                              {"gflop", row.gflop},
                              {"share", row.share},
                              {"float32_share", row.float32_share},
                              {"noise", row.noise}});
  }
  for (const PrefillSpeed& row : study.prefill) {
    json["prefill"].push_back({{"type", row.type},
                               {"tokens", row.tokens},
                               {"tokens_per_s", row.tokens_per_s},
                               {"noise", row.noise}});
  }
  for (const DecodeSpeed& row : study.decode) {
    json["decode"].push_back({{"type", row.type},
                              {"cache", row.cache},
                              {"context", row.context},
                              {"batch", row.batch},
                              {"tokens_per_s", row.tokens_per_s},
                              {"share", row.share},
                              {"noise", row.noise}});
  }
  if (pages) {
    json["pages"] = {{"characters", pages->characters},
                     {"fold_seconds", pages->fold_seconds},
                     {"unfold_seconds", pages->unfold_seconds},
                     {"batch_pages", pages->batch_pages},
                     {"batch_pages_per_s", pages->batch_pages_per_s},
                     {"batch_characters_per_s", pages->batch_characters_per_s}};
  }
  json["load_seconds"] = start.load_seconds;
  json["peak_rss_mib"] = start.peak_rss_mib;
  return json;
}

template <typename... Values>
void add_line(std::string& text, const char* format, Values... values) {
  char line[200];
  std::snprintf(line, sizeof line, format, values...);
  text += line;
}

std::string to_text(const SpeedStudy& study, const std::optional<PageSpeed>& pages,
                    const Start& start) {
  const Machine& m = study.machine;
  std::string text;
  add_line(text, "%s, %d threads, %s\n", m.cpu.c_str(), m.threads, m.isa.c_str());
  add_line(text, "limits   memory %.1f GB/s, float32 %.0f GFLOP/s, int16 %.0f GOP/s", m.mem_gb_s,
           m.f32_gflop_s, m.int16_gop_s);
  if (m.bf16_gflop_s > 0) add_line(text, ", bfloat16 %.0f GFLOP/s", m.bf16_gflop_s);
  if (m.int8_gop_s > 0) add_line(text, ", int8 %.0f GOP/s", m.int8_gop_s);
  add_line(text, "\nopened   in %.0f ms; peak memory %ld MiB\n", 1e3 * start.load_seconds,
           start.peak_rss_mib);
  for (const EncodeSpeed& row : study.encode) {
    add_line(text, "encode   %4zu pixels  %8.3f s +-%2.0f%%  %7.1f GFLOP  %3.0f%% of %s", row.side,
             row.seconds, 100 * row.noise, row.gflop, 100 * row.share, row.precision.c_str());
    if (row.precision != "float32") add_line(text, ", %3.0f%% of float32", 100 * row.float32_share);
    text += '\n';
  }
  for (const PrefillSpeed& row : study.prefill) {
    add_line(text, "prefill  %4zu tokens  %8.0f tokens/s +-%2.0f%%  %s\n", row.tokens,
             row.tokens_per_s, 100 * row.noise, row.type.c_str());
  }
  for (const DecodeSpeed& row : study.decode) {
    add_line(text,
             "decode   context %4zu, batch %zu  %8.1f tokens/s +-%2.0f%%  %3.0f%% of memory, %.2f "
             "times the first  %s, cache %s\n",
             row.context, row.batch, row.tokens_per_s, 100 * row.noise, 100 * row.share,
             row.tokens_per_s / study.decode.front().tokens_per_s, row.type.c_str(),
             row.cache.c_str());
  }
  if (pages) {
    add_line(text, "pages    %zu characters folded in %.3f s, unfolded in %.3f s\n",
             pages->characters, pages->fold_seconds, pages->unfold_seconds);
    add_line(text, "pages    %zu together  %.1f pages/s, %.0f characters/s\n", pages->batch_pages,
             pages->batch_pages_per_s, pages->batch_characters_per_s);
  }
  return text;
}

}  // namespace

int bench_command(int argc, char** argv) {
  SpeedOptions options;
  CommandLine line("bench", "How fast a model runs here, and what share of the machine that is.");
  std::vector<std::string> modes = {"tiny", "small", "base"};
  line.options().add_option("--modes", modes, "pages to encode").listed();
  line.options().add_option("--prompts", options.prompts, "lengths of prompts").listed();
  line.options().add_option("--contexts", options.contexts, "positions before").listed();
  line.options().add_option("--batches", options.batches, "sequences together").listed();
  line.options()
      .add_option("--repeats", options.repeats, "measurements for each median")
      .show_default()
      .between(1, 1000);
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;
  for (const std::string& name : modes) {
    const auto mode = find_mode(name);
    if (!mode) return line.wrong_usage(mode.status().message());
    options.modes.push_back(*mode);
  }

  const auto path = find_model(line.model);
  if (!path) return line.fail(path.status());
  const double begin = steady_seconds();
  const auto model = Reader::open(*path, line.arithmetic);
  if (!model) return line.fail(model.status());
  Start start{steady_seconds() - begin, 0};

  StudyProgress progress("bench", "measurements", line.quiet);
  options.progress = std::ref(progress);
  const SpeedStudy study = run_speed_study(model->model(), options);
  progress.finish();
  const auto pages = page_speed(*model, *path, options.repeats);
  if (!pages) return line.fail(pages.status());
  start.peak_rss_mib = peak_rss_mib();
  return line.print(to_json(study, *pages, start), to_text(study, *pages, start));
}

}  // namespace quire
