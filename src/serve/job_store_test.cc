#include "serve/job_store.h"

#include <gtest/gtest.h>

#include "format/test_support.h"

namespace quire {
namespace {

class JobStoreTest : public FolderTest {};

TEST_F(JobStoreTest, AJobIsThereAgainWhenTheStoreIsOpenedAgain) {
  std::string id;
  {
    auto store = JobStore::open(path("jobs"));
    ASSERT_TRUE(store) << store.status().message();
    const auto job = store->add({"My \u201Cfile\u201D.pdf", "text", "tiny"}, "%PDF-1.4 and so on");
    ASSERT_TRUE(job) << job.status().message();
    EXPECT_EQ(job->state, "queued");
    EXPECT_TRUE(job->document.ends_with(".pdf"));
    id = job->id;
  }
  auto store = JobStore::open(path("jobs"));
  ASSERT_EQ(store->all().size(), 1u);
  const auto job = store->find(id);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->order.name, "My \u201Cfile\u201D.pdf");
  EXPECT_EQ(job->order.mode, "tiny");
  EXPECT_EQ(slurp(job->document), "%PDF-1.4 and so on");
  ASSERT_TRUE(store->end(*job, "failed", "it was no good").ok());
  EXPECT_EQ(store->find(id)->state, "failed");
  EXPECT_EQ(store->find(id)->problem, "it was no good");
  ASSERT_TRUE(store->remove(id).ok());
  EXPECT_FALSE(store->find(id));
  EXPECT_TRUE(std::filesystem::is_empty(path("jobs")));
}

TEST_F(JobStoreTest, HalfMadeJobsAreNotJobs) {
  auto store = JobStore::open(path("jobs"));
  const auto job = store->add({"a", "text", ""}, "x");
  ASSERT_TRUE(job);
  // The process ended while another was made, and while one was removed.
  std::filesystem::create_directory(path("jobs") + "/.0123456789abcdef0123456789abcdef");
  auto again = JobStore::open(path("jobs"));
  EXPECT_EQ(again->all().size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(path("jobs") + "/.0123456789abcdef0123456789abcdef"));
  // Damage is not a job, and not the end of the others.
  std::filesystem::create_directory(path("jobs") + "/0123456789abcdef0123456789abcdef");
  write("jobs/0123456789abcdef0123456789abcdef/job.json", "{\"document\": 7");
  EXPECT_EQ(again->all().size(), 1u);
}

TEST_F(JobStoreTest, NamesThatAreNoIds) {
  auto store = JobStore::open(path("jobs"));
  write("secret.json", "{}");
  for (const char* id : {"", ".", "..", "../secret", "/etc", "0123456789ABCDEF0123456789ABCDEF",
                         "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0"}) {
    EXPECT_FALSE(store->find(id)) << id;
    EXPECT_FALSE(store->remove(id).ok()) << id;
  }
  write("file", "");
  EXPECT_FALSE(JobStore::open(path("file")));
}

}  // namespace
}  // namespace quire
