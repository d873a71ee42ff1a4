#include "base/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/clock.h"

namespace quire {
namespace {

constexpr double kRedraw = 0.1;      // seconds between bars
constexpr double kPlainLine = 10.0;  // seconds between plain lines
constexpr std::size_t kBarWidth = 20;

std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, rate < 10 ? "%.1f/s" : "%.0f/s", rate);
  return text;
}

}  // namespace

Progress::Progress(ProgressOptions options) : options_(std::move(options)) {
  if (!options_.write) {
    options_.to_terminal = ::isatty(2) == 1;
    options_.write = [](std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stderr);
    };
  }
  if (!options_.seconds) options_.seconds = steady_seconds;
  begin_ = last_shown_ = options_.seconds();
}

void Progress::update(std::uint64_t done, std::string_view note) {
  if (options_.quiet) return;
  if (!begun_) {
    first_done_ = done;
    begun_ = true;
  }
  const double now = options_.seconds();
  if (now - last_shown_ < (options_.to_terminal ? kRedraw : kPlainLine)) return;
  last_shown_ = now;
  const double rate = now > begin_ ? static_cast<double>(done - first_done_) / (now - begin_) : 0;
  const std::string line = progress_line(options_, done, rate, note);
  if (options_.to_terminal) {
    options_.write("\r\x1b[K" + line);  // to the line's begin, and clear it
    bar_shown_ = true;
  } else {
    options_.write(line + "\n");
  }
}

void Progress::finish() {
  if (bar_shown_) options_.write("\r\x1b[K");
  bar_shown_ = false;
}

std::string progress_line(const ProgressOptions& options, std::uint64_t done, double rate,
                          std::string_view note) {
  std::string line = options.what;
  const std::string total = std::to_string(options.total);
  if (options.total > 0 && options.to_terminal) {
    const double part =
        std::min(1.0, static_cast<double>(done) / static_cast<double>(options.total));
    const auto filled = static_cast<std::size_t>(part * kBarWidth);
    line += " [" + std::string(filled, '=');
    if (filled < kBarWidth) line += '>' + std::string(kBarWidth - filled - 1, ' ');
    line += "]";
  }
  std::string count = std::to_string(done);
  if (options.total > 0) {
    // As wide as it will get, so that the line does not jump.
    count.insert(0, total.size() - std::min(total.size(), count.size()), ' ');
    count += "/" + total;
  }
  line += " " + count + " " + options.unit;
  if (rate > 0) {
    line += ", " + rate_text(rate);
    if (options.total > done) {
      line += ", " + duration_text(static_cast<double>(options.total - done) / rate) + " left";
    }
  }
  if (!note.empty()) line.append(", ").append(note);
  return line;
}

std::string duration_text(double seconds) {
  // More than a thousand years is a guess nobody should print.
  const auto whole = static_cast<std::int64_t>(std::min(std::ceil(std::max(seconds, 0.0)), 3.2e10));
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* rest) {
    std::string text = std::to_string(large) + unit;
    if (small > 0) text.append(" ").append(std::to_string(small)).append(rest);
    return text;
  };
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return two(whole / 60, " min", whole % 60, " s");
  if (whole < 86400) return two(whole / 3600, " h", whole % 3600 / 60, " min");
  return two(whole / 86400, " d", whole % 86400 / 3600, " h");
}

}  // namespace quire
