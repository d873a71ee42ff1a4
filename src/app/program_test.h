// For tests only: runs the program as a user would, and keeps what it said.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "format/test_support.h"

namespace quire {

struct Outcome {
  int status = -1;  // exit status; 128 + signal when it was killed
  std::string out, err;
};

class ProgramTest : public FolderTest {
 protected:
  // Words are quoted for the shell; `before` stands in front of the program ("ulimit -f 8;"). The
  // test's folder is where it runs.
  Outcome run(const std::vector<std::string>& words, const std::string& before = "",
              const std::string& input = "/dev/null") const {
    std::string line = "cd " + quoted(folder_.string()) + "; " + before + " exec ";
    line += quoted(QUIRE_PROGRAM);
    for (const std::string& word : words) line += " " + quoted(word);
    line += " >" + quoted(path("stdout")) + " 2>" + quoted(path("stderr"));
    line += " <" + quoted(input);
    const int ended = std::system(line.c_str());
    Outcome outcome;
    outcome.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
    outcome.out = slurp(path("stdout"));
    outcome.err = slurp(path("stderr"));
    return outcome;
  }

  // The program ended by itself with status 1 and said each of these on standard error.
  void expect_failure(const Outcome& outcome, const std::vector<std::string>& said) const {
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    for (const std::string& words : said) {
      EXPECT_NE(outcome.err.find(words), std::string::npos) << words << " not in: " << outcome.err;
    }
  }

  static std::string model() { return QUIRE_SOURCE_DIR "/models/quire-nano"; }

 private:
  static std::string quoted(const std::string& word) {
    std::string safe = "'";
    for (const char c : word) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return safe + "'";
  }
};

}  // namespace quire
