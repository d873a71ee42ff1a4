// What the commands share: the common flags, what happens on wrong usage, and how results and
// errors are said. Results go to standard output, everything else to standard error; with --json
// standard output holds exactly one JSON object.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/exit_status.h"
#include "app/options.h"
#include "base/status.h"
#include "infer/reader.h"

namespace quire {

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& summary);

  Options& options() { return options_; }
  bool given(const std::string& flag) const { return options_.given(flag); }
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

  std::string precision() const;  // the word that --precision takes for `arithmetic`

  std::string model;
  Arithmetic arithmetic;
  int threads = 0;
  bool json = false, quiet = false;

 private:
  std::string name_;
  Options options_;
};

}  // namespace quire
