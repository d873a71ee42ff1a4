// How far a long job is: one line that is redrawn on a terminal, a plain line now and then
// elsewhere (a log file should not fill up with bars), nothing at all when quiet.
//
//   Progress progress({.what = "fold", .unit = "pages", .total = 12});
//   for (...) { ...; progress.update(done); }      // any number of times, it is cheap
//   progress.finish();
//
//   fold [=========>          ]  5/12 pages, 3.2/s, 2 s left
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace quire {

struct ProgressOptions {
  std::string what;         // the job, in front of the line
  std::string unit;         // of what is counted: "pages"
  std::uint64_t total = 0;  // 0: nobody knows
  bool quiet = false;

  // The edge of the world; tests bring their own. Empty: standard error and a steady clock.
  bool to_terminal = false;
  std::function<void(std::string_view)> write = {};
  std::function<double()> seconds = {};
};

// One thread. Standard error is asked whether it is a terminal unless `write` is given.
class Progress {
 public:
  explicit Progress(ProgressOptions options);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // For a total that is only known as the job goes.
  void set_total(std::uint64_t total) { options_.total = total; }

  // `note` goes to the end of the line: "loss 0.31".
  void update(std::uint64_t done, std::string_view note = {});

  // Takes the bar off the terminal, so that what is printed next stands alone. May be called twice.
  void finish();

 private:
  ProgressOptions options_;
  double begin_ = 0;  // seconds
  double last_shown_ = 0;
  std::uint64_t first_done_ = 0;  // of the first update: a resumed job was not done in no time
  bool begun_ = false, bar_shown_ = false;
};

// The line without its end. `rate` in units a second, 0 when it is not known yet.
std::string progress_line(const ProgressOptions& options, std::uint64_t done, double rate,
                          std::string_view note);

// "8 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
std::string duration_text(double seconds);

}  // namespace quire
