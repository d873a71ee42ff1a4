#include "batch/shard.h"

#include <gtest/gtest.h>

#include <map>

namespace quire {
namespace {

using Variables = std::map<std::string, std::string>;

Environment of(const Variables& variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Shard, ShardsTogetherTakeEachDocumentOnce) {
  for (std::size_t document = 0; document < 100; ++document) {
    int takers = 0;
    for (int i = 1; i <= 7; ++i) {
      takers += parse_shard(std::to_string(i) + "/7")->takes(document) ? 1 : 0;
    }
    EXPECT_EQ(takers, 1);
  }
  EXPECT_TRUE(parse_shard("all")->takes(5));
  for (const char* wrong : {"", "0/4", "5/4", "1", "1/", "/4", "-1/4", "1/4x", "1.5/4", "a/b",
                            "1/99999999999", "1 /4"}) {
    EXPECT_FALSE(parse_shard(wrong)) << wrong;
  }
}

// The variables as the manuals of Slurm and Kubernetes describe them.
TEST(Shard, SchedulersSayWhichPart) {
  EXPECT_TRUE(shard_from(of({}))->all());
  const Variables slurm = {{"SLURM_ARRAY_TASK_ID", "14"},
                           {"SLURM_ARRAY_TASK_COUNT", "4"},
                           {"SLURM_ARRAY_TASK_MIN", "10"},
                           {"SLURM_ARRAY_TASK_STEP", "2"}};
  const Result<Shard> third = shard_from(of(slurm));
  ASSERT_TRUE(third) << third.status().message();
  EXPECT_EQ(third->number, 3);
  EXPECT_EQ(third->count, 4);
  Variables broken = slurm;
  broken["SLURM_ARRAY_TASK_COUNT"] = "many";
  EXPECT_NE(shard_from(of(broken)).status().message().find("SLURM_ARRAY_TASK_COUNT"),
            std::string::npos);
  broken.erase("SLURM_ARRAY_TASK_COUNT");
  EXPECT_FALSE(shard_from(of(broken)));

  const Result<Shard> pod = shard_from(of({{"JOB_COMPLETION_INDEX", "0"}, {"QUIRE_SHARDS", "8"}}));
  ASSERT_TRUE(pod) << pod.status().message();
  EXPECT_EQ(pod->number, 1);
  EXPECT_EQ(pod->count, 8);
  EXPECT_TRUE(shard_from(of({{"JOB_COMPLETION_INDEX", "3"}}))->all())
      << "how many there are is not known: the claims share out the pile";
}

}  // namespace
}  // namespace quire
