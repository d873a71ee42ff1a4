// The memory as a user meets it, with the shipped model.
#include <nlohmann/json.hpp>

#include "app/program_test.h"

namespace quire {
namespace {

class MemoryProgram : public ProgramTest {
 protected:
  Outcome memory(std::vector<std::string> words, const std::string& at) const {
    words.insert(words.begin(), "memory");
    words.insert(words.begin() + 2, {"--store", "life.memory", "--at", at});
    return run(words);
  }
  nlohmann::json json_of(const std::vector<std::string>& words, const std::string& at) const {
    std::vector<std::string> all = words;
    all.push_back("--json");
    const Outcome outcome = memory(all, at);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
  }
  // Enough talk to fill a leaf, with something worth remembering in it.
  void talk(const std::string& at) const {
    std::string text = "The key of the boathouse hangs behind the green lantern. Pay QX-4821.\n";
    for (int i = 0; i < 60; ++i) {
      text += "Day " + std::to_string(i) + " at sea, and the weather was calm and the food good.\n";
    }
    write("talk.txt", text);
    const Outcome added = memory({"add", "talk.txt", "--role", "user"}, at);
    ASSERT_EQ(added.status, 0) << added.err;
  }
};

TEST_F(MemoryProgram, RemembersReadsAndForgets) {
  talk("2026-01-01");
  auto found = json_of({"recall", "boathouse key"}, "2026-01-01T00:10");
  EXPECT_EQ(found["entries"][0]["tier"], "text");

  EXPECT_EQ(json_of({"tick"}, "2026-01-03")["set"], 1);
  found = json_of({"recall", "boathouse key", "-n", "1"}, "2026-01-03");
  ASSERT_EQ(found["entries"].size(), 1u);
  EXPECT_EQ(found["entries"][0]["tier"], "base");
  const std::string read = found["entries"][0]["text"];
  EXPECT_NE(read.find("behind the green lantern"), std::string::npos) << read.substr(0, 200);
  EXPECT_GT(found["entries"][0]["confidence"], 0.9);

  ASSERT_EQ(memory({"tick"}, "2026-03-01").status, 0);
  found = json_of({"recall", "QX-4821"}, "2026-03-01");
  EXPECT_EQ(found["entries"][0]["tier"], "tiny");
  EXPECT_EQ(found["entries"][0]["facts"][0], "Pay QX-4821");
  EXPECT_LT(found["entries"][0]["confidence"], 0.9);

  EXPECT_GT(json_of({"tick"}, "2027-02-01")["forgotten"], 0);
  EXPECT_TRUE(json_of({"recall", "QX-4821"}, "2027-02-01")["entries"].empty());
}

TEST_F(MemoryProgram, BuildsContextsInsideABudget) {
  talk("2026-01-01");
  ASSERT_EQ(memory({"tick"}, "2026-01-03").status, 0);
  write("now.txt", "What did we say about the key?");
  ASSERT_EQ(memory({"add", "now.txt", "--role", "user"}, "2026-01-03").status, 0);
  for (const char* budget : {"20", "800", "5000"}) {
    const auto context = json_of({"context", "--budget", budget}, "2026-01-03");
    EXPECT_LE(context["tokens"], std::stoi(budget));
    EXPECT_EQ(context["budget"], std::stoi(budget));
    EXPECT_TRUE(context["entries"].is_array());
  }
  const auto context = json_of({"context", "--budget", "5000"}, "2026-01-03");
  EXPECT_TRUE(
      context["messages"][0]["content"][2]["image_url"]["url"].get<std::string>().starts_with(
          "data:image/png;base64,"));
  const Outcome text = memory({"context", "--budget", "5000", "--format", "text"}, "2026-01-03");
  EXPECT_NE(text.out.find("green lantern"), std::string::npos) << text.err;
}

TEST_F(MemoryProgram, DrawsAndMovesHouse) {
  talk("2026-01-01");
  ASSERT_EQ(memory({"tick"}, "2026-01-03").status, 0);
  ASSERT_EQ(memory({"show", "-o", "life.svg", "--budget", "300"}, "2026-01-03").status, 0);
  const std::string svg = slurp(path("life.svg"));
  EXPECT_TRUE(svg.starts_with("<svg"));
  EXPECT_NE(svg.find("data:image/png;base64,"), std::string::npos);
  ASSERT_EQ(memory({"export", "-o", "life.jsonl"}, "2026-01-03").status, 0);
  const Outcome imported = run({"memory", "import", "--store", "other", "life.jsonl"});
  EXPECT_EQ(imported.status, 0) << imported.err;
  EXPECT_EQ(run({"memory", "check", "--store", "other"}).status, 0);
  EXPECT_EQ(memory({"forget", "1"}, "2026-01-03").status, 0);
  expect_failure(memory({"forget", "1"}, "2026-01-03"), {"there is no entry 1"});
}

TEST_F(MemoryProgram, SaysWhatIsWrong) {
  EXPECT_EQ(run({"memory"}).status, 2);
  EXPECT_EQ(run({"memory", "--help"}).status, 0);
  const Outcome typo = run({"memory", "recal", "x"});
  EXPECT_EQ(typo.status, 2);
  EXPECT_NE(typo.err.find("did you mean 'recall'"), std::string::npos) << typo.err;
  EXPECT_EQ(run({"memory", "tick"}).status, 2) << "without a store";
  EXPECT_EQ(memory({"tick"}, "yesterday").status, 2);
  EXPECT_EQ(memory({"tick", "--policy", "steps"}, "2026-01-01").status, 2);
  EXPECT_EQ(memory({"context", "--budget", "0"}, "2026-01-01").status, 2);
  expect_failure(memory({"recall", "x"}, "2026-01-01"), {"life.memory", "no such store"});
  write("life.memory", "this is no memory at all, and it is longer than a hundred bytes or so: " +
                           std::string(600, '.'));
  expect_failure(memory({"recall", "x"}, "2026-01-01"), {"life.memory", "not a memory"});
  write("bad.txt", "\xff\xfe");
  expect_failure(run({"memory", "add", "--store", "new", "bad.txt", "missing.txt"}),
                 {"bad.txt", "missing.txt"});
}

}  // namespace
}  // namespace quire
