// `quire read` as a user runs it: the program, its arguments, what it prints and how it ends.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program_test.h"
#include "app/read_question.h"
#include "format/image_file.h"
#include "format/json.h"
#include "format/png.h"
#include "infer/looping_model.h"

namespace quire {
namespace {

class ReadCommandTest : public ProgramTest {
 protected:
  Outcome read(std::vector<std::string> words, const std::string& input = "/dev/null") const {
    words.insert(words.begin(), "read");
    return run(words, "", input);
  }

  // With the golden test model, whose words are random and never end.
  Outcome run_tiny(std::vector<std::string> words, const std::string& input = "/dev/null") const {
    words.insert(words.end(), {"--model", golden_path("tiny-model").string(), "--max-tokens", "5",
                               "--retries", "1", "--mode", "tiny"});
    return read(words, input);
  }

  void write_picture(const std::string& name, int width, int height, bool blank = false) const {
    Image image(width, height);
    if (!blank) image.rgb[7] = 0;
    write(name, *encode_png(image));
  }
};

TEST_F(ReadCommandTest, WrongUsageSuggestsTheRightWord) {
  for (const auto& [words, hint] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "name a picture"},
           {{"a.png", "--mode", "gundm"}, "did you mean 'gundam'"},
           {{"a.png", "--mdoe", "tiny"}, "did you mean '--mode'"},
           {{"a.png", "--task", "markdwn"}, "did you mean 'markdown'"},
           {{"a.png", "--task", "locate="}, "locate=TEXT"},
           {{"a.png", "--format", "htm"}, "did you mean 'html'"},
           {{"a.png", "--ngram", "30/9"}, "did you mean '30/90'"},
           {{"a.png", "--max-tiles", "0"}, "--max-tiles"},
           {{"a.png", "--max-tokens", "-1"}, "--max-tokens"},
           {{"a.png", "--prompt", "<image><image>x"}, "2 <image>"},
           {{"-", "-"}, "only once"},
           {{"a.png", "--format", "md,html"}, "only one format"},
           {{"a.png", "--shard", "1/2"}, "-o"},
           {{"a.png", "-o", "out", "--shard", "3/2"}, "count from 1"},
           {{"a.png", "-o", "out", "--boxes", "b.png"}, "--previews"},
           {{"-", "-o", "out"}, "no name"},
           {{"-o", "out"}, "name"}}) {
    const Outcome ran = read(words);
    EXPECT_EQ(ran.status, 2) << ran.err;
    EXPECT_NE(ran.err.find(hint), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_EQ(read({"--help"}).status, 0);
}

TEST_F(ReadCommandTest, AMissingModelIsNamed) {
  write_picture("a.png", 10, 10);
  const Outcome ran = read({"a.png", "--model", "./nowhere", "--json"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("./nowhere"), std::string::npos) << ran.err;
  EXPECT_TRUE(parse_json(ran.out)) << "one object, errors too";
}

TEST_F(ReadCommandTest, JsonIsOneObjectAndEachBadFileIsNamed) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  write_picture("a.png", 30, 20);
  write_picture("blank.png", 30, 20, true);
  write("bad.png", "no picture");
  const Outcome ran = run_tiny({"a.png", "bad.png", "blank.png", "missing.png", "--json"});
  EXPECT_EQ(ran.status, 1);
  const auto json = parse_json(ran.out);
  ASSERT_TRUE(json) << ran.out;
  const Json& files = (*json)["files"];
  ASSERT_EQ(files.size(), 4u);
  std::string statuses;
  for (const Json& file : files)
    statuses += file["path"].get<std::string>() + " " +
                file["pages"][0]["status"].get<std::string>() + "; ";
  EXPECT_EQ(statuses, "a.png limit; bad.png error; blank.png empty; missing.png error; ");
  EXPECT_EQ(files[0]["pages"][0]["attempts"].size(), 2u);
  for (const char* name : {"a.png", "bad.png", "missing.png"})
    EXPECT_NE(ran.err.find(name), std::string::npos) << ran.err;
}

TEST_F(ReadCommandTest, ABlankPageIsDone) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  write_picture("blank.png", 300, 200, true);
  const Outcome ran = run_tiny({"blank.png", "--quiet"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "");
}

TEST_F(ReadCommandTest, ALoopFailsUnlessAnotherWayEndsIt) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  std::filesystem::create_directories(folder_ / "model");
  write_looping_model(folder_ / "model");
  write_picture("a.png", 30, 20);
  const std::vector<std::string> words = {"a.png",   "--model", "./model", "--mode",  "tiny",
                                          "--ngram", "off",     "--json",  "--quiet", "--retries"};
  for (const auto& [retries, exit, status, tries] :
       {std::tuple{"0", 1, "loop", 1u}, std::tuple{"1", 0, "ok", 2u}}) {
    std::vector<std::string> all = words;
    all.emplace_back(retries);
    const Outcome ran = read(all);
    EXPECT_EQ(ran.status, exit) << ran.err;
    const auto json = parse_json(ran.out);
    ASSERT_TRUE(json) << ran.err;
    const Json& page = (*json)["files"][0]["pages"][0];
    EXPECT_EQ(page["status"], status);
    EXPECT_EQ(page["attempts"].size(), tries);
    EXPECT_EQ(ran.err.find("circle") != std::string::npos, exit == 1) << ran.err;
  }
}

TEST_F(ReadCommandTest, PrintedPagesHaveTheirBoxesDrawn) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  write_picture("scan.png", 30, 20);
  write_picture("more.png", 20, 30);
  const Outcome ran = run_tiny({"scan.png", "more.png", "--format", "html", "--boxes", "b.png"});
  EXPECT_EQ(ran.status, 1) << "the pages do not end";
  EXPECT_NE(ran.out.find("<!doctype html>"), std::string::npos);
  const auto boxes = read_image(path("b-2.png"));
  ASSERT_TRUE(boxes) << boxes.status().message();
  EXPECT_EQ(boxes->image.width, 20);
}

TEST_F(ReadCommandTest, StandardInputSeveralPicturesAndNoPicture) {
  QUIRE_NEEDS_GOLDEN("tiny-model");
  write_picture("a.png", 30, 20);
  Outcome ran = run_tiny({"-", "--json", "--task", "describe"}, path("a.png"));
  auto json = parse_json(ran.out);
  ASSERT_TRUE(json) << ran.err;
  EXPECT_EQ((*json)["files"][0]["pages"][0]["width"], 30);

  ran = run_tiny({"a.png", "a.png", "--prompt", "<image><image>Compare.", "--json"});
  json = parse_json(ran.out);
  ASSERT_TRUE(json) << ran.err;
  ASSERT_EQ((*json)["files"].size(), 1u);
  EXPECT_EQ((*json)["files"][0]["pages"][0]["vision_tokens"], 2 * 64);

  ran = run_tiny({"--prompt", "Hello.", "--format", "json"});
  json = parse_json(ran.out);
  ASSERT_TRUE(json) << ran.err;
  EXPECT_EQ((*json)["files"][0]["pages"][0]["vision_tokens"], 0);
  EXPECT_EQ((*json)["files"][0]["pages"][0]["tokens"], 5);
}

// The small model of the repository, on a page that it knows how to read.
TEST_F(ReadCommandTest, AFoldedPageComesBackAsText) {
  const std::string model = QUIRE_SOURCE_DIR "/models/quire-nano";
  std::string text;
  for (int i = 0; i < 24; ++i) text += "The quick brown fox jumps over the lazy dog. ";
  write("notes.txt", text);
  const Outcome folded =
      run({"fold", "notes.txt", "--quiet", "--page", "page.png", "--model", model});
  ASSERT_EQ(folded.status, 0) << folded.err;
  const Outcome ran = read({"page.png", "--model", model, "--json", "--quiet"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  const auto json = parse_json(ran.out);
  ASSERT_TRUE(json) << ran.err;
  const Json& page = (*json)["files"][0]["pages"][0];
  EXPECT_EQ(page["status"], "ok");
  EXPECT_EQ(page["attempts"][0]["mode"], "tiny");
  // The text that was folded, not the lines it was set in.
  EXPECT_GT(page["text"].get<std::string>().size(), text.size() * 9 / 10);
  EXPECT_EQ(page["text"].get<std::string>().find('\n'), std::string::npos);
  EXPECT_NE(read({"page.png", "--model", model, "--prompt", "Who?"}).status, 0);
}

TEST(ReadQuestion, TasksAndPrompts) {
  EXPECT_EQ(read_question("text", "", 1)->prompt, "<image>\nFree OCR.");
  EXPECT_TRUE(read_question("markdown", "", 1)->whole_page);
  EXPECT_FALSE(read_question("describe", "", 1)->whole_page);
  EXPECT_EQ(read_question("locate=the date", "", 1)->prompt,
            "<image>\nLocate <|ref|>the date<|/ref|> in the image.");
  EXPECT_EQ(read_question("text", "Who?", 1)->prompt, "<image>\nWho?");
  EXPECT_EQ(read_question("text", "Who <image>?", 1)->prompt, "Who <image>?");
  EXPECT_EQ(read_question("text", "Who?", 0)->pictures, 0u);
  EXPECT_FALSE(read_question("locate", "", 1));

  const std::vector<std::string> files = {"a", "b"};
  EXPECT_EQ(group_files({"", 1, true}, files)->size(), 2u);
  EXPECT_EQ(group_files({"", 2, true}, files)->size(), 1u);
  EXPECT_EQ(group_files({"", 0, true}, {})->size(), 1u);
  EXPECT_FALSE(group_files({"", 3, true}, files));
  EXPECT_FALSE(group_files({"", 1, true}, {}));
}

}  // namespace
}  // namespace quire
