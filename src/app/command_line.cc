#include "app/command_line.h"

#include <map>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/suggest.h"
#include "base/file.h"
#include "base/thread_pool.h"
#include "text/escape.h"

namespace quire {

CommandLine::CommandLine(const std::string& name, const std::string& summary)
    : name_("quire " + name), app_(summary, name_) {
  app_.allow_extras();  // so that we can say what was meant
  app_.add_flag("--json", json, "one JSON object on standard output");
  app_.add_flag("--quiet", quiet, "no progress and no remarks");
}

void CommandLine::add_model() {
  app_.add_option(
      "--model", model,
      "a model directory, the language file of a GGUF pair, or the name of a model beside the "
      "program");
  app_.add_option("--threads", threads, "0: as many as there are cores")
      ->check(CLI::Range(0, 1024));
}

void CommandLine::add_reader() {
  add_model();
  static const std::map<std::string, Precision> kNames = {{"exact", Precision::kExact},
                                                          {"fast", Precision::kFast}};
  app_.add_option("--precision", arithmetic.precision,
                  "of the encoder: exact is float32, fast bfloat16 where the machine has it")
      ->transform(CLI::CheckedTransformer(kNames))
      ->option_text("exact|fast [exact]");
  static const std::map<std::string, DType> kCaches = {
      {"f32", DType::kF32}, {"f16", DType::kF16}, {"q8_0", DType::kQ8_0}};
  app_.add_option("--cache", arithmetic.cache,
                  "what the decoder keeps of earlier tokens: q8_0 is half of f16 and a little less "
                  "exact, faster where thousands of tokens are kept")
      ->transform(CLI::CheckedTransformer(kCaches))
      ->option_text("f32|f16|q8_0 [f16]");
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::string help = app_.help();
    std::fwrite(help.data(), 1, help.size(), stdout);
    return kDone;
  } catch (const CLI::ParseError& error) {
    // A word that nobody knows explains more than the argument it was not.
    if (!app_.remaining().empty()) return unexpected(app_.remaining().front());
    return wrong_usage(error.what());
  }
  if (!app_.remaining().empty()) return unexpected(app_.remaining().front());
  if (threads > 0) set_threads(threads);
  return std::nullopt;
}

int CommandLine::unexpected(const std::string& word) const {
  if (!word.starts_with('-')) return wrong_usage("'" + word + "' is one argument too many");
  std::vector<std::string> known;
  for (const CLI::Option* option : app_.get_options()) {
    for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
    for (const std::string& short_name : option->get_snames()) known.push_back("-" + short_name);
  }
  const std::string flag = word.substr(0, word.find('='));
  return wrong_usage("there is no option '" + flag + "'" + did_you_mean(flag, known));
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
