#include "app/command_line.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/thread_pool.h"
#include "text/escape.h"

namespace quire {
namespace {

const std::vector<std::pair<std::string, Products>> kPrecisions = {
    {"exact", Products::kInt16}, {"fast", Products::kBf16}, {"float32", Products::kFloat32}};

}  // namespace

CommandLine::CommandLine(const std::string& name, const std::string& summary)
    : name_("quire " + name), options_(name_, summary) {
  options_.add_flag("--json", json, "one JSON object on standard output");
  options_.add_flag("--quiet", quiet, "no progress and no remarks");
}

std::string CommandLine::precision() const {
  for (const auto& [word, products] : kPrecisions) {
    if (products == arithmetic.encoder) return word;
  }
  return "";
}

void CommandLine::add_model() {
  options_.add_option(
      "--model", model,
      "a model directory, the language file of a GGUF pair, or the name of a model beside the "
      "program");
  options_.add_option("--threads", threads, "0: as many as there are cores").between(0, 1024);
}

void CommandLine::add_reader() {
  add_model();
  options_.add_choice<Products>(
      "--precision", arithmetic.encoder, kPrecisions,
      "of the encoder: exact is float32's picture tokens to 1 in 1,000, fast to 1 in 100 (bfloat16 "
      "where the machine has it), float32 the slowest");
  options_.add_choice<DType>(
      "--cache", arithmetic.cache,
      {{"f32", DType::kF32}, {"f16", DType::kF16}, {"q8_0", DType::kQ8_0}},
      "what the decoder keeps of earlier tokens: q8_0 is half of f16 and a little less exact, "
      "faster where thousands of tokens are kept");
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  const Result<bool> understood = options_.parse(argc, argv);
  if (!understood) return wrong_usage(understood.status().message());
  if (!*understood) {
    const std::string help = options_.help();
    std::fwrite(help.data(), 1, help.size(), stdout);
    return kDone;
  }
  if (threads > 0) set_threads(threads);
  return std::nullopt;
}

int CommandLine::wrong_usage(const std::string& sentence) const {
  complain(sentence);
  std::fprintf(stderr, "'%s --help' lists what there is\n", name_.c_str());
  return kWrongUsage;
}

void CommandLine::complain(const std::string& sentence) const {
  std::fprintf(stderr, "%s: %s\n", name_.c_str(), printable(sentence).c_str());
}

int CommandLine::fail(const Status& status) const {
  complain(status.message());
  if (json) (void)print({{"error", status.message()}}, "");
  return kFailed;
}

void CommandLine::tell(const std::string& sentence) const {
  if (!quiet) complain(sentence);
}

int CommandLine::print(const nlohmann::ordered_json& value, std::string_view text) const {
  const Status written =
      json ? write_file(
                 "-",
                 value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n")
           : write_file("-", text);
  if (written.ok()) return kDone;
  complain(written.message());
  return kFailed;
}

}  // namespace quire
