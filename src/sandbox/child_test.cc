#include "sandbox/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

namespace quire {
namespace {

namespace fs = std::filesystem;

class ChildTest : public ::testing::Test {
 protected:
  ChildTest()
      : folder_(fs::path(::testing::TempDir()) / ("quire_child_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(secret_) << "secret";
  }
  ~ChildTest() override { fs::remove_all(folder_); }

  ChildResult run(const std::string& what, const std::string& argument = "",
                  const ChildLimits& limits = {}) {
    ChildProgram program{QUIRE_HOSTILE_PROGRAM, {what, argument}, readable_, limits};
    said_.clear();
    const auto result = run_child(program, [&](std::string_view piece) {
      said_ += piece;
      return true;
    });
    EXPECT_TRUE(result.ok()) << result.status().message();
    return result.ok() ? *result : ChildResult();
  }

  const fs::path folder_;
  const std::string secret_ = folder_ / "secret.txt";
  std::vector<std::string> readable_;
  std::string said_;
};

TEST_F(ChildTest, SaysWhatItSaidAndHowItEnded) {
  EXPECT_TRUE(run("echo", "--help; $(rm -rf /) \xff").good());
  EXPECT_EQ(said_, "--help; $(rm -rf /) \xff\n");
  EXPECT_EQ(run("complain", "no such page").complaint, "no such page");
  const ChildResult seven = run("status", "7");
  EXPECT_EQ(seven.end, ChildEnd::kExited);
  EXPECT_EQ(seven.exit_status, 7);
  EXPECT_EQ(run("nothing").exit_status, 0);
  EXPECT_EQ(said_, "");
}

TEST_F(ChildTest, AProgramThatIsNotThereIsNamed) {
  const auto result = run_child({"quire-no-such-program", {}, {}}, {});
  EXPECT_EQ(result.status().code(), Code::kNotFound);
  EXPECT_NE(result.status().message().find("quire-no-such-program"), std::string::npos);
  // A file that is no program: the system's own reason.
  EXPECT_EQ(run_child({secret_, {}, {}}, {}).status().code(), Code::kIo);
}

TEST_F(ChildTest, InheritsNothing) {
  ::setenv("QUIRE_PASSWORD", "hush", 1);
  EXPECT_TRUE(run("environment").good());
  EXPECT_EQ(said_.find("hush"), std::string::npos);
  EXPECT_EQ(std::count(said_.begin(), said_.end(), '\n'), 4);
  const int ours = ::open("/dev/null", O_RDONLY);  // without close-on-exec
  EXPECT_TRUE(run("descriptors").good());          // standard input is at its end
  EXPECT_EQ(said_, "0 1 2 ");
  ::close(ours);
}

TEST_F(ChildTest, TheNetworkAndOtherProcessesAreOutOfReach) {
  for (const char* attack : {"socket", "unix-socket", "ptrace", "kill-parent", "fork"}) {
    EXPECT_EQ(run(attack).end, ChildEnd::kForbidden) << attack << said_;
    EXPECT_EQ(said_, "") << attack;
  }
}

TEST_F(ChildTest, NoOtherProgramIsStarted) {
  EXPECT_EQ(run("exec", "/bin/true").end, ChildEnd::kForbidden);
  // Not even where our own exec went through: the descriptor cannot be had again.
  const ChildResult result = run("execveat", "/bin/true");
  EXPECT_EQ(result.exit_status, 1) << said_;
  EXPECT_NE(result.complaint.find("dup2"), std::string::npos);
}

TEST_F(ChildTest, NothingOnTheDiskIsChanged) {
  readable_ = {secret_};  // even what it may read
  ::chmod(secret_.c_str(), 0666);
  for (const char* attack : {"write", "truncate", "append", "unlink", "chmod", "rename"}) {
    EXPECT_EQ(run(attack, secret_).exit_status, 1) << attack << said_;
  }
  std::string text;
  std::ifstream(secret_) >> text;
  EXPECT_EQ(text, "secret");
  EXPECT_EQ(fs::status(secret_).permissions(), fs::perms(0666));
  EXPECT_EQ(run("write", folder_ / "new.txt").exit_status, 1);
  EXPECT_FALSE(fs::exists(folder_ / "new.txt"));
  EXPECT_EQ(run("folder").exit_status, 1);  // not in its own working folder either
}

TEST_F(ChildTest, ReadsOnlyWhatItIsGiven) {
  if (!confines_reads()) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(run("read", secret_).exit_status, 1) << said_;
  EXPECT_EQ(run("read", "/proc/self/environ").exit_status, 1) << said_;
  readable_ = {secret_};
  EXPECT_EQ(run("read", secret_).exit_status, 0) << said_;
}

TEST_F(ChildTest, MemoryHasAnEnd) {
  ChildLimits limits;
  limits.memory_bytes = std::uint64_t{128} << 20;
  const ChildResult result = run("memory", "", limits);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_GT(std::stoi(said_), 32);
  EXPECT_LT(std::stoi(said_), 128);
  EXPECT_LT(result.peak_bytes, limits.memory_bytes);
}

TEST_F(ChildTest, TimeHasAnEnd) {
  ChildLimits limits;
  limits.seconds = 0.2;
  for (const char* attack : {"hang", "hang-silently", "spin"}) {
    EXPECT_EQ(run(attack, "", limits).end, ChildEnd::kTimeout) << attack;
  }
}

TEST_F(ChildTest, OutputHasAnEnd) {
  ChildLimits limits;
  limits.output_bytes = 1 << 20;
  EXPECT_EQ(run("spam", "", limits).end, ChildEnd::kTooMuch);
  EXPECT_LE(said_.size(), limits.output_bytes);
  const auto enough = run_child({QUIRE_HOSTILE_PROGRAM, {"spam"}, {}}, [](auto) { return false; });
  ASSERT_TRUE(enough.ok());
  EXPECT_EQ(enough->end, ChildEnd::kRefused);
}

TEST_F(ChildTest, ACrashIsAResult) {
  const ChildResult crash = run("crash");
  EXPECT_EQ(crash.end, ChildEnd::kCrashed);
  EXPECT_EQ(crash.signal, SIGSEGV);
  EXPECT_EQ(run("abort").end, ChildEnd::kCrashed);
  EXPECT_EQ(describe_end(crash, {}), "crashed (signal 11)");
}

TEST_F(ChildTest, ManyAtOnceDoNotMix) {
  std::vector<std::thread> threads;
  std::vector<std::string> said(8);
  for (std::size_t i = 0; i < said.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        const auto result =
            run_child({QUIRE_HOSTILE_PROGRAM, {"echo", std::to_string(i)}, {}}, [&](auto piece) {
              said[i] += piece;
              return true;
            });
        EXPECT_TRUE(result.ok() && result->good());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < said.size(); ++i) {
    const std::string line = std::to_string(i) + "\n";
    EXPECT_EQ(said[i], line + line + line + line + line);
  }
}

// A process that is killed while its child hangs: the child's end of the pipe closes.
TEST_F(ChildTest, DiesWithItsParent) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    (void)run_child({QUIRE_HOSTILE_PROGRAM, {"spam"}, {}}, [&](std::string_view piece) -> bool {
      // Once it is known to run, its parent ends without a word.
      if (::write(ends[1], piece.data(), 1) != 1) ::_exit(1);
      for (;;) ::pause();
    });
    ::_exit(1);
  }
  ::close(ends[1]);
  char byte;
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);
  const std::string children =
      "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
  pid_t child = 0;
  std::ifstream(children) >> child;
  ASSERT_GT(child, 0);
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  ASSERT_GE(handle, 0);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  pollfd ended = {handle, POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 10'000), 1);
  ::close(handle);
  ::close(ends[0]);
}

}  // namespace
}  // namespace quire
