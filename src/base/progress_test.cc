#include "base/progress.h"

#include <gtest/gtest.h>

#include <cmath>

namespace quire {
namespace {

// A clock that only moves when it is told to, and a screen that remembers.
struct Stage {
  double now = 100;
  std::string written;

  ProgressOptions options(bool terminal, std::uint64_t total) {
    return {.what = "fold",
            .unit = "pages",
            .total = total,
            .to_terminal = terminal,
            .write = [this](std::string_view text) { written += text; },
            .seconds = [this] { return now; }};
  }
};

TEST(Progress, ABarOnATerminal) {
  Stage stage;
  Progress progress(stage.options(true, 12));
  progress.update(0);
  EXPECT_EQ(stage.written, "");  // too early to say anything
  stage.now += 2;
  progress.update(6, "loss 0.5");
  EXPECT_EQ(stage.written,
            "\r\x1b[Kfold [==========>         ]  6/12 pages, 3.0/s, 2 s left, loss 0.5");
  stage.now += 0.01;
  progress.update(7);  // not so often
  stage.written.clear();
  progress.finish();
  progress.finish();
  EXPECT_EQ(stage.written, "\r\x1b[K");
}

TEST(Progress, PlainLinesElsewhere) {
  Stage stage;
  Progress progress(stage.options(false, 0));
  progress.update(100);  // resumed here: the first hundred do not count into the rate
  stage.now += 5;
  progress.update(150);
  EXPECT_EQ(stage.written, "");
  stage.now += 5;
  progress.update(300);
  progress.finish();
  EXPECT_EQ(stage.written, "fold 300 pages, 20/s\n");
}

TEST(Progress, QuietIsQuiet) {
  Stage stage;
  ProgressOptions options = stage.options(true, 3);
  options.quiet = true;
  Progress progress(options);
  stage.now += 100;
  progress.update(2);
  progress.finish();
  EXPECT_EQ(stage.written, "");
}

TEST(Progress, OddCounts) {
  Stage stage;
  EXPECT_EQ(progress_line(stage.options(true, 2), 5, 1, ""),
            "fold [====================] 5/2 pages, 1.0/s");
  EXPECT_EQ(progress_line(stage.options(false, 2), 0, 0, ""), "fold 0/2 pages");
}

TEST(Progress, Durations) {
  EXPECT_EQ(duration_text(-3), "0 s");
  EXPECT_EQ(duration_text(0.2), "1 s");
  EXPECT_EQ(duration_text(59), "59 s");
  EXPECT_EQ(duration_text(60), "1 min");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(7500), "2 h 5 min");
  EXPECT_EQ(duration_text(86400 * 3 + 4 * 3600), "3 d 4 h");
  EXPECT_EQ(duration_text(HUGE_VAL), duration_text(3.2e10));
}

}  // namespace
}  // namespace quire
