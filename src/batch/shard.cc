#include "batch/shard.h"

#include <charconv>
#include <cstdlib>

namespace quire {
namespace {

constexpr int kMaxShards = 1'000'000;

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Error: not a number.
Result<int> number_in(const Environment& environment, const std::string& name,
                      std::optional<int> fallback = {}) {
  const std::optional<std::string> text = environment(name);
  if (!text && fallback) return *fallback;
  if (!text) return invalid(name + " is not set, and says which part this is");
  const std::optional<int> number = whole_number(*text);
  if (!number) return invalid(name + " is '" + *text + "' and should be a number");
  return *number;
}

Result<Shard> checked(int number, int count, const std::string& source) {
  if (count < 1 || count > kMaxShards || number < 1 || number > count) {
    return invalid(source + " says shard " + std::to_string(number) + " of " +
                   std::to_string(count) + "; shards count from 1");
  }
  return Shard{number, count, source};
}

}  // namespace

Result<Shard> parse_shard(const std::string& text) {
  if (text == "all") return Shard{};
  const std::size_t slash = text.find('/');
  const auto number = whole_number(std::string_view(text).substr(0, slash));
  const auto count = slash == std::string::npos
                         ? std::nullopt
                         : whole_number(std::string_view(text).substr(slash + 1));
  if (!number || !count)
    return invalid("--shard is like 1/4 (the first of four) or all, not '" + text + "'");
  return checked(*number, *count, "--shard");
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

Result<Shard> shard_from(const Environment& environment) {
  if (environment("SLURM_ARRAY_TASK_ID")) {
    const Result<int> id = number_in(environment, "SLURM_ARRAY_TASK_ID"),
                      count = number_in(environment, "SLURM_ARRAY_TASK_COUNT"),
                      first = number_in(environment, "SLURM_ARRAY_TASK_MIN", 0),
                      step = number_in(environment, "SLURM_ARRAY_TASK_STEP", 1);
    for (const auto* number : {&id, &count, &first, &step}) QUIRE_TRY(*number);
    if (*step < 1) return invalid("SLURM_ARRAY_TASK_STEP is less than 1");
    return checked((*id - *first) / *step + 1, *count, "SLURM_ARRAY_TASK_ID");
  }
  if (environment("JOB_COMPLETION_INDEX") && environment("QUIRE_SHARDS")) {
    const Result<int> index = number_in(environment, "JOB_COMPLETION_INDEX"),
                      count = number_in(environment, "QUIRE_SHARDS");
    QUIRE_TRY(index);
    QUIRE_TRY(count);
    return checked(*index + 1, *count, "JOB_COMPLETION_INDEX");
  }
  return Shard{};
}

}  // namespace quire
