// What can be said on a command's line, and where it goes: a thin face of CLI11, which only
// options.cc includes, because its header takes longer to read than a whole command.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace quire {

// One of them, to say more about: options.add_option(...).required().between(1, 9).
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option required();
  Option listed();        // several values, divided by commas too
  Option show_default();  // in the help: the value that the variable has now
  Option between(int low, int high);
  Option between(double low, double high);
  Option one_of(const std::vector<std::string>& words);
  Option instead_of(Option other);
  Option or_variable(const std::string& name);  // of the environment, where it is not given

 private:
  CLI::Option* option_;
};

class Options {
 public:
  Options(const std::string& command, const std::string& summary);
  ~Options();

  // `names` as in "-o,--output", or "FILE" for what stands without a name. T: a string, a number,
  // or a vector of these; options.cc lists them.
  template <class T>
  Option add_option(const std::string& names, T& into, const std::string& what);
  Option add_flag(const std::string& names, bool& into, const std::string& what);

  // One word of several, each of which stands for a value.
  template <class T>
  Option add_choice(const std::string& names, T& into,
                    const std::vector<std::pair<std::string, T>>& choices,
                    const std::string& what) {
    std::vector<std::string> words;
    std::string now;
    for (const auto& [word, value] : choices) {
      words.push_back(word);
      if (value == into) now = word;
    }
    return add_words(names, words, now, what,
                     [&into, choices](std::size_t i) { into = choices[i].second; });
  }

  bool given(const std::string& flag) const;

  // False when help was asked for. The error says what was wrong, with the word that was probably
  // meant.
  Result<bool> parse(int argc, char** argv);
  std::string help() const;

 private:
  Option add_words(const std::string& names, const std::vector<std::string>& words,
                   const std::string& now, const std::string& what,
                   std::function<void(std::size_t)> chosen);
  Status unexpected(const std::string& word) const;

  std::unique_ptr<CLI::App> app_;
};

}  // namespace quire
