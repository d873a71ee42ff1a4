#include "batch/pile.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/clock.h"
#include "batch/ledger.h"
#include "batch/test_outputs.h"
#include "format/test_support.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

// Documents whose file says what they are: "3" has three pages, "bad" cannot be opened; a letter
// behind the number is what becomes of its second page.
class Pages : public PageSource {
 public:
  using Hook = std::function<void(int page)>;
  Pages(std::string text, Hook hook) : text_(std::move(text)), hook_(std::move(hook)) {}

  int pages() const override { return std::atoi(text_.c_str()); }

  Result<PageResult> read(int page, double) const override {
    if (hook_) hook_(page);
    PageResult result;
    result.status = ReadStatus::kOk;
    const char special = page == 2 ? text_.back() : ' ';
    if (special == 'u') return invalid("this page is torn");
    if (special == 't') return Status(Code::kTimeout, "it took too long");
    if (special == 'm') throw std::bad_alloc();
    if (special == 'b') {
      result.blank = true;
      result.status = ReadStatus::kEmpty;
      return result;
    }
    if (special == 'l') result.status = ReadStatus::kLoop;
    if (special == 'e') {
      result.status = ReadStatus::kError;
      result.problem = "the prompt does not fit";
      return result;
    }
    Answer& answer = result.reading.answer;
    answer.text = "Page " + std::to_string(page) + " of " + text_ + ".";
    if (special == 'f') {
      answer.text = "<|ref|>image<|/ref|><|det|>[[0, 0, 999, 999]]<|/det|>\n";
    }
    answer.tokens = answer.text.size();
    result.picture = Image(20, 10);
    result.page = make_page(answer, 20, 10);
    result.reading.attempts.emplace_back();
    result.reading.attempts.back().seconds = 0.25;
    if (special == 'l') result.problem = "it turned in a circle";
    return result;
  }

 private:
  const std::string text_;
  const Hook hook_;
};

class PileTest : public FolderTest {
 protected:
  void SetUp() override { fs::create_directories(path("in")); }

  void document(const std::string& name, const std::string& text) const {
    write("in/" + name, text);
  }

  Manifest manifest() const {
    auto made = make_manifest({{path("in")}, "", ""});
    EXPECT_TRUE(made) << made.status().message();
    return *std::move(made);
  }

  PileOptions options(const std::string& out) const {
    PileOptions made;
    made.folder = path(out);
    made.settings = "{}";
    made.formats.assign(std::begin(kOutputFormats), std::end(kOutputFormats));
    return made;
  }

  static OpenDocument opener(const Pages::Hook& hook = {}) {
    return [hook](const std::string& name) -> Result<std::shared_ptr<const PageSource>> {
      const Result<std::string> text = read_file(name);
      QUIRE_TRY(text);
      if (*text == "bad") return invalid(name + ": is no document");
      return std::shared_ptr<const PageSource>(std::make_shared<Pages>(*text, hook));
    };
  }

  PileSummary read(const PileOptions& options, const Pages::Hook& hook = {}) const {
    const auto summary = read_pile(manifest(), opener(hook), options);
    EXPECT_TRUE(summary) << summary.status().message();
    return summary ? *summary : PileSummary();
  }

  static std::string statuses(const PileSummary& summary) {
    std::string text;
    for (std::size_t i = 0; i < kPageStatuses; ++i) {
      if (summary.statuses[i] > 0) {
        text += std::string(kPageStatusNames[i]) + std::to_string(summary.statuses[i]) + " ";
      }
    }
    return text;
  }

  static std::int64_t records(const std::string& folder) {
    Ledger ledger(journal_folder(folder));
    EXPECT_TRUE(ledger.refresh().ok());
    EXPECT_TRUE(ledger.damages().empty());
    EXPECT_EQ(ledger.read_twice(), 0);
    std::int64_t sum = 0;
    for (const JournalEntry& journal : ledger.journals()) sum += journal.pages;
    return sum;
  }

  // Reads again what ended like this, in a way that ends well.
  PileOptions again(const std::string& out, std::initializer_list<PageStatus> statuses) const {
    PileOptions made = options(out);
    made.settings = "{\"mode\":\"better\"}";
    for (const PageStatus status : statuses) made.again.set(static_cast<std::size_t>(status));
    return made;
  }
  static OpenDocument better(const Pages::Hook& hook = {}) {
    return [hook](const std::string&) -> Result<std::shared_ptr<const PageSource>> {
      return std::shared_ptr<const PageSource>(std::make_shared<Pages>("3 better", hook));
    };
  }

  void expect_same_outputs(const std::string& a, const std::string& b) const {
    const auto first = read_outputs(path(a)), second = read_outputs(path(b));
    for (const auto& [name, bytes] : first) {
      const auto other = second.find(name);
      EXPECT_TRUE(other != second.end() && bytes == other->second) << name << " is not the same";
    }
    EXPECT_EQ(first.size(), second.size());
  }
};

TEST_F(PileTest, EveryPageEndsInOneStatusAndTheTotalsAddUp) {
  document("a.pdf", "3");
  document("bad.pdf", "bad");
  for (const char* letter : {"b", "e", "l", "m", "t", "u"}) {
    document(std::string(letter) + ".png", std::string("2") + letter);
  }
  document("huge.pdf", "2000000");
  document("none.pdf", "0");
  std::vector<std::string> problems;
  PileOptions given = options("out");
  given.on_problem = [&](const std::string& sentence) { problems.push_back(sentence); };
  const PileSummary summary = read(given);
  EXPECT_EQ(summary.documents, 10);
  EXPECT_EQ(summary.pages, 3 + 3 + 6 * 2);
  EXPECT_EQ(statuses(summary), "ok9 blank1 loop1 unreadable4 timeout1 error2 ");
  EXPECT_FALSE(summary.all_read());
  EXPECT_EQ(problems.size(), 8u) << "each is named";
  EXPECT_EQ(read(given).read_now, 0) << "nothing is done twice, whatever its status";
  const std::string json = slurp(path("out/u.json"));
  const auto parsed = parse_json(json);
  ASSERT_TRUE(parsed) << json;
  EXPECT_EQ((*parsed)["pages"][1]["status"], "unreadable");
  EXPECT_EQ((*parsed)["pages"][1]["reason"], "this page is torn");
  EXPECT_EQ((*parsed)["pages"][0]["text"], "Page 1 of 2u.");
  EXPECT_EQ(json.find("seconds"), std::string::npos) << "they would differ from run to run";
}

TEST_F(PileTest, OutputsKeepPageMarksAndFigures) {
  fs::create_directories(path("in/s"));
  document("s/a.pdf", "3f");
  PileOptions given = options("out");
  given.boxes = true;
  EXPECT_TRUE(read(given).all_read());
  EXPECT_EQ(slurp(path("out/a.md")),
            "<!-- page 1 -->\n\nPage 1 of 3f.\n\n<!-- page 2 -->\n\n"
            "![](a_figures/page-2-0.png)\n\n<!-- page 3 -->\n\nPage 3 of 3f.\n");
  EXPECT_EQ(slurp(path("out/a.txt")), "Page 1 of 3f.\n\f\fPage 3 of 3f.\n");
  const std::string html = slurp(path("out/a.html"));
  for (const char* part : {"id=\"page-3\"", "src=\"a_figures/page-2-0.png\"", "<title>a.pdf<"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
  EXPECT_TRUE(fs::exists(path("out/a_figures/page-2-0.png")));
  EXPECT_TRUE(fs::exists(path("out/a_pages/page-3.png")));
}

// SIGKILL at any moment: the child gets as far as it gets.
TEST_F(PileTest, KilledAtFiftyMomentsItEndsInTheSameBytes) {
  for (int i = 0; i < 12; ++i) {
    document("d" + std::to_string(i) + ".pdf", std::to_string(1 + i * 5 % 23) + "fbu "[i % 4]);
  }
  const double start = steady_seconds();
  read(options("whole"));
  // A slow machine, or a sanitizer, is given longer to get anywhere.
  const auto longest = 25'000 + static_cast<unsigned>(1e6 * (steady_seconds() - start) / 4);
  std::mt19937 chance(7);
  int kills = 0;
  const auto slowly = [](int) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
  while (kills < 50) {
    const pid_t child = ::fork();
    if (child == 0) {
      (void)read_pile(manifest(), opener(slowly), options("killed"));
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(chance() % longest));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    // When all is read before fifty kills are done, what is left is killing one that has nothing
    // to do, which is a moment like others.
    ++kills;
  }
  const PileSummary last = read(options("killed"));
  const PileSummary whole = read(options("whole"));
  EXPECT_EQ(last.statuses, whole.statuses);
  expect_same_outputs("killed", "whole");
  // No finished page was done twice: there is one record of each.
  EXPECT_EQ(records(path("killed")), last.pages);
  Ledger ledger(journal_folder(path("killed")));
  ASSERT_TRUE(ledger.refresh().ok());
  EXPECT_GT(ledger.journals().size(), 10u) << "the kills came too early to be a test";
}

TEST_F(PileTest, FourWorkersShareOneFolderAndTheirOutputIsThatOfOne) {
  for (int i = 0; i < 10; ++i) {
    document("d" + std::to_string(i) + ".pdf", std::to_string(1 + i * 7 % 40) + "fbul"[i % 4]);
  }
  const PileSummary one = read(options("one"));
  std::array<PileSummary, 4> four;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(::fork());
    if (children.back() == 0) {
      const auto summary = read_pile(manifest(), opener(), options("four"));
      ::_exit(summary && summary->pages == one.pages ? 0 : 1);
    }
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << "each returns when all is done";
  }
  expect_same_outputs("four", "one");
  EXPECT_EQ(records(path("four")), one.pages) << "no page was read by two";
}

TEST_F(PileTest, ShardsAreAPartition) {
  for (int i = 0; i < 7; ++i) document("d" + std::to_string(i) + ".pdf", "3");
  read(options("one"));
  std::int64_t pages = 0;
  for (int i = 1; i <= 3; ++i) {
    PileOptions given = options("shards");
    given.shard = Shard{i, 3, "test"};
    pages += read(given).pages;
  }
  EXPECT_EQ(pages, 21);
  expect_same_outputs("shards", "one");
}

TEST_F(PileTest, APageThatCrashesTheProgramIsLeftOutAtItsSecondCrash) {
  document("a.pdf", "1");
  document("b.pdf", "3");
  const auto crash = [](int page) {
    if (page == 2) ::raise(SIGSEGV);
  };
  PileOptions given = options("out");
  given.lanes = 3;
  int crashes = 0;
  while (crashes < 5) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::signal(SIGSEGV, SIG_DFL);  // a sanitizer has a handler of its own
      const auto summary = read_pile(manifest(), opener(crash), given);
      ::_exit(summary ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) break;
    EXPECT_EQ(WTERMSIG(status), SIGSEGV) << "the signal does what it did before";
    ++crashes;
  }
  EXPECT_EQ(crashes, kMaxCrashes);
  EXPECT_EQ(statuses(read(given, crash)), "ok3 error1 ");
  EXPECT_NE(slurp(path("out/b.md")).find("<!-- page 2: error: the program died"),
            std::string::npos);
}

TEST_F(PileTest, ToldToStopItGoesOnNextTime) {
  document("a.pdf", "40");
  std::atomic<bool> stop = false;
  PileOptions given = options("out");
  given.lanes = 1;
  given.stop = &stop;
  const PileSummary part = read(given, [&](int page) { stop = page == 5; });
  EXPECT_TRUE(part.stopped);
  EXPECT_EQ(part.pages, 5) << "the page that was under way is kept";
  EXPECT_FALSE(fs::exists(path("out/a.md"))) << "whole or not at all";
  stop = false;
  EXPECT_EQ(read(given).read_now, 35);
  EXPECT_TRUE(fs::exists(path("out/a.md")));
}

TEST_F(PileTest, OtherSettingsAreRefusedAndLostOutputsComeBack) {
  document("a.pdf", "2");
  read(options("out"));
  const std::string before = slurp(path("out/a.md"));
  PileOptions other = options("out");
  other.settings = "{\"mode\":\"tiny\"}";
  const auto refused = read_pile(manifest(), opener(), other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.status().message().find("other settings"), std::string::npos);
  fs::remove(path("out/a.md"));
  EXPECT_EQ(read(options("out")).read_now, 0);
  EXPECT_EQ(slurp(path("out/a.md")), before);
}

TEST_F(PileTest, ADamagedRecordIsNamedAndItsPageReadAgain) {
  document("a.pdf", "3");
  read(options("out"));
  const auto whole = read_outputs(path("out"));
  const fs::path journal = fs::directory_iterator(journal_folder(path("out")))->path();
  std::string bytes = slurp(journal);
  bytes[bytes.find("Page 2 of") + 5] = '7';
  ASSERT_TRUE(write_file(journal.string(), bytes).ok());
  fs::remove(path("out/a.md"));
  std::vector<std::string> problems;
  PileOptions given = options("out");
  given.on_problem = [&](const std::string& sentence) { problems.push_back(sentence); };
  EXPECT_EQ(read(given).read_now, 1);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find(journal.string()), std::string::npos) << problems[0];
  EXPECT_TRUE(read_outputs(path("out")) == whole);
}

TEST_F(PileTest, PagesOfAStatusAreReadAgainAndTheLastReadingCounts) {
  for (const char* text : {"3l", "3t", "3f"}) document(std::string(text) + ".pdf", text);
  EXPECT_EQ(statuses(read(options("out"))), "ok7 loop1 timeout1 ");
  const auto before = read_outputs(path("out"));
  ASSERT_TRUE(before.contains("3f_figures/page-2-0.png"));

  const auto loops = read_pile(manifest(), better(), again("out", {PageStatus::kLoop}));
  ASSERT_TRUE(loops) << loops.status().message();
  EXPECT_EQ(loops->read_now, 1);
  EXPECT_EQ(statuses(*loops), "ok8 timeout1 ");
  EXPECT_EQ(records(path("out")), 10) << "the journal keeps both";
  EXPECT_EQ(slurp(path("out/3l.md")),
            "<!-- page 1 -->\n\nPage 1 of 3l.\n\n<!-- page 2 -->\n\nPage 2 of 3 better.\n\n"
            "<!-- page 3 -->\n\nPage 3 of 3l.\n");
  EXPECT_EQ(slurp(path("out/3t.md")), before.at("3t.md")) << "nobody asked for timeouts";
  EXPECT_EQ(read(options("out")).read_now, 0) << "the first settings are still those of the pile";
  EXPECT_EQ(read_pile(manifest(), better(), again("out", {PageStatus::kLoop}))->read_now, 0);

  // A page that ends with fewer pictures than before leaves none behind.
  const auto rest =
      read_pile(manifest(), better(), again("out", {PageStatus::kOk, PageStatus::kTimeout}));
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->read_now, 9) << "the one that was read again, too";
  EXPECT_FALSE(fs::exists(path("out/3f_figures/page-2-0.png")));
  EXPECT_NE(slurp(path("out/3t.md")).find("Page 2 of 3 better."), std::string::npos);
  EXPECT_TRUE(rest->all_read());
}

TEST_F(PileTest, PagesThatComeToLightAreReadToo) {
  document("a.pdf", "bad");
  document("b.pdf", "2");
  EXPECT_EQ(statuses(read(options("out"))), "ok2 unreadable1 ");
  PileOptions given = again("out", {PageStatus::kUnreadable});
  given.settings = "{}";  // a program that was missing is there now
  const auto found = read_pile(manifest(), better(), given);
  ASSERT_TRUE(found) << found.status().message();
  EXPECT_EQ(found->read_now, 3) << "it was counted as one page";
  EXPECT_EQ(statuses(*found), "ok5 ");
  EXPECT_NE(slurp(path("out/a.md")).find("<!-- page 3 -->"), std::string::npos);
}

TEST_F(PileTest, ReadingAgainNeedsAFirstReadingAndReadsNothingElse) {
  document("a.pdf", "3l");
  const auto nothing = read_pile(manifest(), better(), again("out", {PageStatus::kLoop}));
  EXPECT_EQ(nothing.status().code(), Code::kNotFound);
  read(options("out"));
  document("new.pdf", "1");
  const auto summary = read_pile(manifest(), better(), again("out", {PageStatus::kLoop}));
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->read_now, 1);
  EXPECT_EQ(summary->unread, 1) << "and says so";
  EXPECT_FALSE(fs::exists(path("out/new.md")));
}

TEST_F(PileTest, KilledWhileReadingAgainItEndsInTheSameBytes) {
  for (int i = 0; i < 24; ++i) {
    document("d" + std::to_string(i) + ".pdf", std::to_string(2 + i % 2) + "fltu"[i % 4]);
  }
  for (const char* out : {"whole", "killed"}) read(options(out));
  const std::initializer_list<PageStatus> statuses = {PageStatus::kOk, PageStatus::kLoop,
                                                      PageStatus::kTimeout};
  const std::int64_t before = records(path("whole"));
  const auto whole = read_pile(manifest(), better(), again("whole", statuses));
  ASSERT_TRUE(whole);
  std::mt19937 chance(11);
  const auto slowly = [](int) { std::this_thread::sleep_for(std::chrono::milliseconds(4)); };
  // Kills, of which only some come in time; then one that is let end what is left, if anything is.
  for (int kills = 0; kills < 30; ++kills) {
    const pid_t child = ::fork();
    if (child == 0) {
      (void)read_pile(manifest(), better(slowly), again("killed", statuses));
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(chance() % 12'000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    Ledger ledger(journal_folder(path("killed")));
    ASSERT_TRUE(ledger.refresh().ok());
    const auto standing = [&](const Document& document) {
      const DocumentEntry& entry = ledger.document(document.key, document.stamp);
      return std::all_of(entry.pages.begin(), entry.pages.end(),
                         [](const PageEntry& page) { return page.round == 1; });
    };
    // A round at its end is not gone on with: that would be the next.
    const Manifest pile = manifest();
    if (std::count_if(pile.documents.begin(), pile.documents.end(), standing) > 14) break;
  }
  const auto last = read_pile(manifest(), better(), again("killed", statuses));
  ASSERT_TRUE(last);
  EXPECT_GT(last->read_now, 0) << "the kills came too late to be a test";
  EXPECT_EQ(last->statuses, whole->statuses);
  expect_same_outputs("killed", "whole");
  EXPECT_EQ(records(path("killed")), before + whole->read_now) << "no page was read twice";
}

TEST_F(PileTest, AFolderThatCannotBeWrittenIsAnError) {
  document("a.pdf", "1");
  write("file", "");
  EXPECT_FALSE(read_pile(manifest(), opener(), options("file")));
  // A folder stands where the output should be: the pages are kept, the document is named.
  fs::create_directories(path("out/a.md"));
  PileOptions given = options("out");
  std::vector<std::string> problems;
  given.on_problem = [&](const std::string& sentence) { problems.push_back(sentence); };
  const PileSummary summary = read(given);
  EXPECT_EQ(summary.unwritten, 1);
  EXPECT_FALSE(summary.all_read());
  EXPECT_EQ(problems.size(), 1u);
  fs::remove(path("out/a.md"));
  EXPECT_TRUE(read(given).all_read());
}

}  // namespace
}  // namespace quire
