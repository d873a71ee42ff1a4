#include "base/file.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <string>

namespace quire {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  FileTest()
      : folder_(fs::path(::testing::TempDir()) / ("quire_file_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~FileTest() override { fs::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  fs::path folder_;
};

TEST_F(FileTest, WritesWholeAndReadsBack) {
  const std::string bytes(200'000, 'q');
  ASSERT_TRUE(write_file(path("a"), bytes).ok());
  EXPECT_EQ(*read_file(path("a")), bytes);
  Result<MappedFile> mapped = MappedFile::open(path("a"));
  ASSERT_TRUE(mapped.ok());
  EXPECT_EQ(mapped->bytes().size(), bytes.size());
  EXPECT_EQ(mapped->bytes().back(), 'q');
}

TEST_F(FileTest, ErrorsNameThePath) {
  const Result<std::string> missing = read_file(path("missing"));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.status().code(), Code::kNotFound);
  EXPECT_NE(missing.status().message().find("missing"), std::string::npos);
  EXPECT_FALSE(read_file(folder_.string()).ok());
  EXPECT_FALSE(MappedFile::open(folder_.string()).ok());
  EXPECT_FALSE(write_file(path("no/such/folder"), "x").ok());
}

TEST_F(FileTest, RefusesMoreThanTheLimit) {
  ASSERT_TRUE(write_file(path("a"), "12345").ok());
  EXPECT_EQ(read_file(path("a"), 4).status().code(), Code::kLimit);
  EXPECT_EQ(*read_file(path("a"), 5), "12345");
}

TEST_F(FileTest, AFullDiskLeavesNothingBehind) {
  EXPECT_FALSE(write_file("/dev/full", "some bytes").ok());
  ASSERT_TRUE(write_file(path("a"), "old").ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(FileTest, AWriterIsWholeOrNothing) {
  {
    Result<FileWriter> writer = FileWriter::create(path("a"));
    ASSERT_TRUE(writer.ok());
    EXPECT_TRUE(writer->append("half of").ok());
    EXPECT_FALSE(fs::exists(path("a")));
  }
  EXPECT_TRUE(fs::is_empty(folder_));

  Result<FileWriter> created = FileWriter::create(path("a"));
  ASSERT_TRUE(created.ok());
  FileWriter writer = *std::move(created);
  EXPECT_TRUE(writer.append("one ").ok());
  EXPECT_TRUE(writer.append("two").ok());
  EXPECT_TRUE(writer.commit().ok());
  EXPECT_EQ(*read_file(path("a")), "one two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(FileTest, EmptyFilesMap) {
  ASSERT_TRUE(write_file(path("empty"), "").ok());
  Result<MappedFile> mapped = MappedFile::open(path("empty"));
  ASSERT_TRUE(mapped.ok());
  EXPECT_TRUE(mapped->bytes().empty());
}

TEST_F(FileTest, BelowAFileThereIsNothing) {
  ASSERT_TRUE(write_file(path("a"), "text").ok());
  EXPECT_EQ(read_file(path("a") + "/b").status().code(), Code::kNotFound);
}

TEST_F(FileTest, ReleasedPagesReadTheSame) {
  std::string text(100'000, 'x');
  text += "end";
  ASSERT_TRUE(write_file(path("a"), text).ok());
  Result<MappedFile> mapped = MappedFile::open(path("a"));
  ASSERT_TRUE(mapped.ok());
  const std::string before(mapped->bytes().begin(), mapped->bytes().end());
  release_pages(mapped->bytes());
  release_pages(mapped->bytes().subspan(5000, 7));
  release_pages({});
  EXPECT_EQ(std::string(mapped->bytes().begin(), mapped->bytes().end()), before);
}

}  // namespace
}  // namespace quire
