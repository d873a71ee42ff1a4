#include "app/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>

#include "app/suggest.h"

namespace quire {

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::listed() {
  option_->delimiter(',');
  return *this;
}

Option Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option Option::between(int low, int high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Option Option::between(double low, double high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Option Option::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Option Option::instead_of(Option other) {
  option_->excludes(other.option_);
  return *this;
}

Option Option::or_variable(const std::string& name) {
  option_->envname(name);
  return *this;
}

Options::Options(const std::string& command, const std::string& summary)
    : app_(std::make_unique<CLI::App>(summary, command)) {
  app_->allow_extras();  // so that we can say what was meant
}

Options::~Options() = default;

template <class T>
Option Options::add_option(const std::string& names, T& into, const std::string& what) {
  return Option(app_->add_option(names, into, what));
}

#define QUIRE_OPTION_OF(T) \
  template Option Options::add_option(const std::string&, T&, const std::string&)
QUIRE_OPTION_OF(std::string);
QUIRE_OPTION_OF(int);
QUIRE_OPTION_OF(std::int64_t);
QUIRE_OPTION_OF(std::uint64_t);
QUIRE_OPTION_OF(double);
QUIRE_OPTION_OF(std::vector<std::string>);
QUIRE_OPTION_OF(std::vector<int>);
QUIRE_OPTION_OF(std::vector<std::int64_t>);
QUIRE_OPTION_OF(std::vector<std::uint64_t>);
#undef QUIRE_OPTION_OF

Option Options::add_flag(const std::string& names, bool& into, const std::string& what) {
  return Option(app_->add_flag(names, into, what));
}

Option Options::add_words(const std::string& names, const std::vector<std::string>& words,
                          const std::string& now, const std::string& what,
                          std::function<void(std::size_t)> chosen) {
  const auto choose = [words, chosen = std::move(chosen)](const std::string& word) {
    const auto found = std::find(words.begin(), words.end(), word);
    if (found != words.end()) chosen(static_cast<std::size_t>(found - words.begin()));
  };
  CLI::Option* const option = app_->add_option_function<std::string>(names, choose, what);
  option->check(CLI::IsMember(words));
  option->option_text(CLI::detail::join(words, "|") + " [" + now + "]");
  return Option(option);
}

bool Options::given(const std::string& flag) const { return app_->count(flag) > 0; }

Result<bool> Options::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    // A word that nobody knows explains more than the argument it was not.
    return app_->remaining().empty() ? invalid(error.what())
                                     : unexpected(app_->remaining().front());
  }
  if (!app_->remaining().empty()) return unexpected(app_->remaining().front());
  return true;
}

std::string Options::help() const { return app_->help(); }

Status Options::unexpected(const std::string& word) const {
  if (!word.starts_with('-')) return invalid("'" + word + "' is one argument too many");
  std::vector<std::string> known;
  for (const CLI::Option* option : app_->get_options()) {
    for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
    for (const std::string& short_name : option->get_snames()) known.push_back("-" + short_name);
  }
  const std::string flag = word.substr(0, word.find('='));
  return invalid("there is no option '" + flag + "'" + did_you_mean(flag, known));
}

}  // namespace quire
