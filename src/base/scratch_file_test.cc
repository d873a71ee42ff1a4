#include "base/scratch_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/file.h"

namespace quire {
namespace {

TEST(ScratchFileTest, IsThereForThisUserAloneAndGoneWithItsObject) {
  const std::string bytes("any\0bytes", 9);
  std::string path;
  {
    auto made = ScratchFile::with(bytes);
    ASSERT_TRUE(made) << made.status().message();
    const ScratchFile moved = *std::move(made);
    path = moved.path();
    EXPECT_EQ(*read_file(path), bytes);
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    const Status seen = moved.named(invalid(path + ": no page in " + path), "mine.pdf");
    EXPECT_EQ(seen.message(), "mine.pdf: no page in mine.pdf");
    EXPECT_EQ(seen.code(), Code::kInvalid);
    EXPECT_TRUE(moved.named({}, "mine.pdf").ok());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ScratchFileTest, WhereThereIsNoPlaceASentenceSaysSo) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/nowhere", 1);  // the usual folder is taken
  EXPECT_TRUE(ScratchFile::with("x"));
  ::setenv("TMPDIR", "/proc", 1);
  const auto made = ScratchFile::with("x");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.status().code(), Code::kIo);
  EXPECT_NE(made.status().message().find("$TMPDIR"), std::string::npos);
  if (before == nullptr) {
    ::unsetenv("TMPDIR");
  } else {
    ::setenv("TMPDIR", kept.c_str(), 1);
  }
}

}  // namespace
}  // namespace quire
