// What the commands share: the common flags, what happens on wrong usage, and how results and
// errors are said. Results go to standard output, everything else to standard error; with --json
// standard output holds exactly one JSON object.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "infer/reader.h"

namespace quire {

enum ExitStatus : int { kDone = 0, kFailed = 1, kWrongUsage = 2 };

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& summary);

  CLI::App& options() { return app_; }
  bool given(const std::string& flag) const { return app_.count(flag) > 0; }
  void add_model();   // --model and --threads, for commands that compute
  void add_reader();  // these, --precision and --cache, for commands that read pages

  // Nothing: go on. Otherwise the exit status: help was asked for and printed, or the usage was
  // wrong and that was said, with the word that was probably meant. Sets the number of threads.
  std::optional<int> parse(int argc, char** argv);

  int wrong_usage(const std::string& sentence) const;  // prints it; kWrongUsage

  void complain(const std::string& sentence) const;  // "quire fold: ..." on standard error
  // complain(), and {"error": ...} on standard output with --json; kFailed.
  int fail(const Status& status) const;
  void tell(const std::string& sentence) const;  // to standard error, unless quiet

  // The result: `json` with --json, else `text`. kFailed when standard output takes no more.
  int print(const nlohmann::ordered_json& json, std::string_view text) const;

  std::string model;
  Arithmetic arithmetic;
  int threads = 0;
  bool json = false, quiet = false;

 private:
  int unexpected(const std::string& word) const;

  std::string name_;
  CLI::App app_;
};

}  // namespace quire
