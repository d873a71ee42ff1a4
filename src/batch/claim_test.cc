#include "batch/claim.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numeric>
#include <thread>

#include "format/test_support.h"

namespace quire {
namespace {

using Outcome = Claims::Outcome;

class ClaimTest : public FolderTest {
 protected:
  std::unique_ptr<Claims> join(const std::string& worker, double lease = 1000) const {
    auto claims = Claims::join(path("claims"), worker, lease);
    EXPECT_TRUE(claims) << claims.status().message();
    return claims ? *std::move(claims) : nullptr;
  }
};

TEST_F(ClaimTest, APieceIsOneWorkersWhileItLives) {
  const auto a = join("a"), b = join("b");
  EXPECT_EQ(*a->claim("x"), Outcome::kMine);
  EXPECT_EQ(*a->claim("x"), Outcome::kMine) << "and stays so";
  EXPECT_EQ(*b->claim("x"), Outcome::kTaken);
  EXPECT_EQ(*b->claim("y"), Outcome::kMine);
}

TEST_F(ClaimTest, AWorkerThatLeavesLetsGo) {
  const auto a = join("a");
  {
    const auto b = join("b");
    ASSERT_EQ(*b->claim("x"), Outcome::kMine);
    ASSERT_EQ(*a->claim("x"), Outcome::kTaken);
  }
  EXPECT_EQ(*a->claim("x"), Outcome::kMine);
}

TEST_F(ClaimTest, OfManyWhoTryAtOnceOneGetsIt) {
  constexpr int kWorkers = 8, kPieces = 50;
  std::vector<std::unique_ptr<Claims>> workers;
  for (int i = 0; i < kWorkers; ++i) workers.push_back(join("w" + std::to_string(i)));
  std::vector<int> got(kWorkers);
  std::vector<std::thread> threads;
  for (int i = 0; i < kWorkers; ++i) {
    threads.emplace_back([&, i] {
      for (int piece = 0; piece < kPieces; ++piece) {
        got[i] += *workers[i]->claim(std::to_string(piece)) == Outcome::kMine ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::accumulate(got.begin(), got.end(), 0), kPieces);
}

TEST_F(ClaimTest, TheClaimsOfADeadProcessAreFreeAtOnceAndForOneOnly) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto claims = Claims::join(path("claims"), "dead", 1000);
    const bool mine = claims && *(*claims)->claim("x") == Outcome::kMine;
    ::kill(::getpid(), mine ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(WTERMSIG(status), SIGKILL);
  const auto a = join("a"), b = join("b");
  EXPECT_EQ(*a->claim("x"), Outcome::kMine);
  EXPECT_EQ(*b->claim("x"), Outcome::kTaken);
}

// Another machine's pulse: its bytes say nothing that can be looked up here.
TEST_F(ClaimTest, AWorkerThatIsNotHeardOfLosesItsClaimsAfterALease) {
  const auto watcher = join("watcher", 0.2);
  write("claims/far.pulse", "another machine\n1\n1\n");
  std::filesystem::create_hard_link(path("claims/far.pulse"), path("claims/x.1"));
  ASSERT_EQ(*watcher->claim("x"), Outcome::kTaken);
  // It lives as long as its file is touched, whatever its clock says.
  for (int i = 0; i < 8; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::filesystem::last_write_time(path("claims/far.pulse"),
                                     std::filesystem::file_time_type() + std::chrono::hours(i));
    ASSERT_EQ(*watcher->claim("x"), Outcome::kTaken) << i;
  }
  while (*watcher->claim("x") == Outcome::kTaken) std::this_thread::yield();
  EXPECT_EQ(*join("late", 0.2)->claim("x"), Outcome::kTaken) << "the watcher has it now";
}

TEST_F(ClaimTest, APulseKeepsClaimsAlive) {
  const auto a = join("a", 0.2);
  ASSERT_EQ(*a->claim("x"), Outcome::kMine);
  const auto before = std::filesystem::last_write_time(path("claims/x.1"));
  while (std::filesystem::last_write_time(path("claims/x.1")) == before) std::this_thread::yield();
}

TEST_F(ClaimTest, AStrangeClaimIsNobodysToTakeBeforeItsLease) {
  const auto a = join("a");
  for (const std::string& bytes : {std::string(), std::string("x"), std::string("\n\n\n"),
                                   std::string(4000, '\n'), std::string("a\nb\nc")}) {
    write("claims/x.1", bytes);
    EXPECT_EQ(*a->claim("x"), Outcome::kTaken);
  }
  write("file", "");
  EXPECT_FALSE(Claims::join(path("file"), "a"));
}

}  // namespace
}  // namespace quire
