#include "memory/time_text.h"

#include <charconv>
#include <chrono>
#include <cstdio>

#include "base/counted.h"

namespace quire {
namespace {

// Takes `digits` digits and the mark before them off the front.
bool take(std::string_view& text, std::string_view mark, std::size_t digits, int& value) {
  if (!text.starts_with(mark) || text.size() < mark.size() + digits) return false;
  const char* const begin = text.data() + mark.size();
  const auto [end, error] = std::from_chars(begin, begin + digits, value);
  if (error != std::errc() || end != begin + digits || *begin == '-') return false;
  text.remove_prefix(mark.size() + digits);
  return true;
}

}  // namespace

Result<Seconds> parse_time(std::string_view text) {
  const Status wrong = invalid("'" + std::string(text) +
                               "' is no time; write 2026-03-14, 2026-03-14T09:26, "
                               "2026-03-14T09:26:53Z or @1773480413 (all UTC)");
  if (text.starts_with('@')) {
    Seconds time = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), time);
    if (error != std::errc() || end != text.data() + text.size()) return wrong;
    return time;
  }
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take(text, "", 4, year) || !take(text, "-", 2, month) || !take(text, "-", 2, day))
    return wrong;
  if (take(text, "T", 2, hour) || take(text, " ", 2, hour)) {
    if (!take(text, ":", 2, minute)) return wrong;
    (void)take(text, ":", 2, second);
  }
  if (text == "Z") text = "";
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!text.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) return wrong;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return Seconds{days} * 86400 + hour * 3600 + minute * 60 + second;
}

std::string time_text(Seconds time) {
  const Seconds day = time >= 0 ? time / 86400 : (time - 86399) / 86400;
  const auto rest = static_cast<int>(time - day * 86400);
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(day)))};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600,
                rest / 60 % 60);
  return text;
}

std::string age_text(double seconds) {
  struct Unit {
    double seconds;
    const char *one, *many;
  };
  constexpr Unit kUnits[] = {{365 * 86400.0, "year", "years"}, {30 * 86400.0, "month", "months"},
                             {7 * 86400.0, "week", "weeks"},   {86400.0, "day", "days"},
                             {3600.0, "hour", "hours"},        {60.0, "minute", "minutes"}};
  for (const Unit& unit : kUnits) {
    const auto n = static_cast<long long>(seconds / unit.seconds + 1e-9);
    if (n >= 1) return counted(n, unit.one, unit.many);
  }
  return "now";
}

}  // namespace quire
