// `quire read PILE -o OUT` and `quire report` as a user runs them, on pages the small model knows.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "app/program_test.h"
#include "batch/test_outputs.h"
#include "format/json.h"
#include "format/png.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

class ReadPileTest : public ProgramTest {
 protected:
  // Some folded pages, a blank one, a broken one, and a file that is no document.
  void make_pile() const {
    fs::create_directories(path("pile/more"));
    std::string text;
    for (int i = 0; i < 90; ++i) text += "Line " + std::to_string(i) + " of a text to fold. ";
    write("notes.txt", text);
    const Outcome folded = run({"fold", "notes.txt", "--quiet", "--ratio", "3", "--page",
                                "pile/note.png", "--model", model()});
    ASSERT_EQ(folded.status, 0) << folded.err;
    write("pile/more/blank.png", *encode_png(Image(200, 100)));
    write("pile/more/broken.png", "no picture");
    write("pile/readme.txt", "not for us");
  }

  std::vector<std::string> read_words(const std::string& out) const {
    return {"read", "pile", "-o", out, "--max-tokens", "24", "--task", "text", "--model", model()};
  }

  // Starts the program and kills it after so long.
  void kill_after(const std::vector<std::string>& words, std::chrono::microseconds pause) const {
    const pid_t child = ::fork();
    if (child == 0) {
      std::vector<char*> arguments = {const_cast<char*>(QUIRE_PROGRAM)};
      for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
      arguments.push_back(nullptr);
      const int null = ::open("/dev/null", O_RDWR);
      ::dup2(null, 1);
      ::dup2(null, 2);
      if (::chdir(folder_.c_str()) == 0) ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    std::this_thread::sleep_for(pause);
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 127);
  }
};

TEST_F(ReadPileTest, AFolderBecomesAFolder) {
  make_pile();
  const Outcome ran = run(read_words("out"));
  EXPECT_EQ(ran.status, 1) << "one file is broken";
  EXPECT_EQ(ran.out, "");
  for (const char* said : {"broken.png, page 1: unreadable", "1 files '.txt'", "1 unreadable"}) {
    EXPECT_NE(ran.err.find(said), std::string::npos) << said << " not in: " << ran.err;
  }
  EXPECT_NE(slurp(path("out/more/broken.md")).find("<!-- page 1: unreadable"), std::string::npos);
  EXPECT_NE(slurp(path("out/more/blank.md")).find("<!-- page 1 -->"), std::string::npos);

  const Outcome again = run([&] {
    std::vector<std::string> words = read_words("out");
    words.insert(words.end(), {"--json", "--quiet"});
    return words;
  }());
  const auto json = parse_json(again.out);
  ASSERT_TRUE(json) << again.err;
  EXPECT_EQ((*json)["summary"]["read_now"], 0);
  EXPECT_EQ((*json)["files"][0]["pages"][0]["status"], "blank");
  for (const Json& file : (*json)["files"]) {
    for (const char* key :
         {"page", "text", "markdown", "boxes", "vision_tokens", "tokens", "status", "seconds"}) {
      EXPECT_TRUE(file["pages"][0].contains(key)) << key;
    }
  }

  const Outcome report = run({"report", "out", "--json", "--html", "report.html"});
  ASSERT_EQ(report.status, 0) << report.err;
  const auto sums = parse_json(report.out);
  ASSERT_TRUE(sums) << report.out;
  std::int64_t pages = 0;
  for (const Json& count : (*sums)["statuses"]) pages += count.get<std::int64_t>();
  EXPECT_EQ(pages, (*sums)["pages"]);
  EXPECT_EQ(pages, static_cast<std::int64_t>((*json)["files"].size())) << "pictures have one page";
  EXPECT_EQ((*sums)["workers"].size(), 2u);
  EXPECT_EQ((*sums)["read_twice"], 0);
  const std::string html = slurp(path("report.html"));
  EXPECT_NE(html.find("more/broken.png"), std::string::npos);
  EXPECT_EQ(html.find("src="), std::string::npos) << "nothing is fetched";
  expect_failure(run({"report", "pile"}), {"pile", "no journal"});
}

TEST_F(ReadPileTest, KilledAtFiftyMomentsItEndsInTheSameBytes) {
  make_pile();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run(read_words("whole")).status, 1);
  // Moments all over a run, however fast this machine is.
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begin);
  std::mt19937 chance(1);
  for (int kills = 0; kills < 50; ++kills) {
    // Not so long that fifty of them take minutes on a busy machine.
    const auto longest = std::min(whole, std::chrono::microseconds(700'000));
    kill_after(read_words("killed"), longest * static_cast<std::int64_t>(chance() % 1000) / 1000);
  }
  EXPECT_EQ(run(read_words("killed")).status, 1);
  const auto first = read_outputs(path("whole")), second = read_outputs(path("killed"));
  EXPECT_GT(first.size(), 9u);
  for (const auto& [name, bytes] : first) {
    EXPECT_TRUE(second.contains(name) && second.at(name) == bytes) << name;
  }
  EXPECT_EQ(first.size(), second.size());
  const auto sums = parse_json(run({"report", "killed", "--json"}).out);
  ASSERT_TRUE(sums);
  EXPECT_EQ((*sums)["ended"], (*sums)["pages"]);
  EXPECT_EQ((*sums)["read_twice"], 0);
}

}  // namespace
}  // namespace quire
