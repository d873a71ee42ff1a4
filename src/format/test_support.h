// For tests only: where the golden vectors are, a folder to write in, files as bytes.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"

namespace quire {

// The path of a golden file or folder; QUIRE_GOLDEN in the environment names another root.
inline std::filesystem::path golden_path(const std::string& name) {
  const char* root = std::getenv("QUIRE_GOLDEN");
  return std::filesystem::path(root != nullptr ? root : QUIRE_GOLDEN_DIR) / name;
}

#define QUIRE_NEEDS_GOLDEN(name)                                                              \
  do {                                                                                        \
    if (!std::filesystem::exists(::quire::golden_path(name))) {                               \
      GTEST_SKIP() << "the golden vectors are not at " << ::quire::golden_path(name).string() \
                   << "; set QUIRE_GOLDEN to their folder";                                   \
    }                                                                                         \
  } while (false)

// A folder of its own for each test, gone afterwards.
class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("quire_") + test->test_suite_name() + "_" + test->name() + "_" +
               std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~FolderTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, std::string_view bytes) const {
    ASSERT_TRUE(write_file(path(name), bytes).ok());
  }

  std::filesystem::path folder_;
};

inline std::string slurp(const std::filesystem::path& path) {
  Result<std::string> bytes = read_file(path.string());
  EXPECT_TRUE(bytes.ok()) << (bytes.ok() ? "" : bytes.status().message());
  return bytes.ok() ? *bytes : std::string();
}

}  // namespace quire
