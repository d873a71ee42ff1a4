// fold and unfold from outside: what goes wrong ends with a sentence, the right exit status, and no
// half file.
#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "app/program_test.h"
#include "text/edit_distance.h"
#include "text/utf8.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

class FoldProgram : public ProgramTest {
 protected:
  Outcome fold(const std::string& text) {
    write("text.txt", text);
    return run({"fold", path("text.txt"), "-o", path("out.quire")});
  }
  // A good .quire of two lines, as bytes.
  std::string folded() {
    const Outcome outcome = fold("A line of text.\nAnother one.\n");
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return slurp(path("out.quire"));
  }
  Outcome unfold(const std::string& bytes) {
    write("damaged.quire", bytes);
    return run({"unfold", path("damaged.quire")});
  }
};

TEST_F(FoldProgram, FoldsAndUnfoldsRealText) {
  const std::string text = slurp(QUIRE_SOURCE_DIR "/examples/moby-dick.txt");
  write("text.txt", text);
  const Outcome there = run({"fold", path("text.txt"), "-o", path("out.quire"), "--json"});
  ASSERT_EQ(there.status, 0) << there.err;
  const auto bill = nlohmann::json::parse(there.out);
  const std::size_t chars = decode_utf8_lossy(text).size();
  EXPECT_EQ(bill["text_chars"], chars);
  EXPECT_EQ(bill["unknown_chars"], 0);
  EXPECT_GT(bill["ratio"].get<double>(), 1.0);
  std::size_t drawn = 0, vision = 0;
  for (const auto& page : bill["pages"]) {
    drawn += page["chars"].get<std::size_t>();
    vision += page["vision_tokens"].get<std::size_t>();
  }
  EXPECT_EQ(drawn, chars);
  EXPECT_EQ(bill["vision_tokens"], vision);

  const Outcome back = run({"unfold", path("out.quire"), "--against", path("text.txt"), "--json"});
  ASSERT_EQ(back.status, 0) << back.err;
  const auto reading = nlohmann::json::parse(back.out);
  ASSERT_EQ(reading["pages"].size(), bill["pages"].size());
  const double right =
      one_minus_ed(decode_utf8_lossy(reading["text"].get<std::string>()), decode_utf8_lossy(text));
  EXPECT_GT(right, 0.9);
  EXPECT_DOUBLE_EQ(reading["one_minus_ed"].get<double>(), right);
}

TEST_F(FoldProgram, CorrectionsBringEveryByteBack) {
  const std::string text = "Tabs\tand caf\u00E9s,\r\nand \u201Cquotes\u201D.\n";
  write("text.txt", text);
  ASSERT_EQ(run({"fold", path("text.txt"), "-o", path("out.quire"), "--exact"}).status, 0);
  const Outcome back = run({"unfold", path("out.quire"), "-o", path("back.txt")});
  EXPECT_EQ(back.status, 0) << back.err;
  EXPECT_EQ(slurp(path("back.txt")), text);
}

TEST_F(FoldProgram, RefusesWhatIsNoText) {
  expect_failure(fold(""), {"text.txt", "empty"});
  expect_failure(fold("  \n\t \n"), {"text.txt", "space"});
  expect_failure(fold("good\xC3("), {"text.txt", "UTF-8", "4"});
  expect_failure(fold("\u4F60\u597D\uFF0C\u4E16\u754C\u3002\u8FD9\u662F\u4E2D\u6587"),
                 {"text.txt", "U+4F60"});
  expect_failure(run({"fold", path("nowhere.txt"), "-o", path("out.quire")}), {"nowhere.txt"});
  expect_failure(run({"fold", folder_.string(), "-o", path("out.quire")}), {folder_.string()});
  EXPECT_FALSE(fs::exists(path("out.quire")));
}

TEST_F(FoldProgram, RefusesAHundredMegabytesAtOnce) {
  { fs::resize_file((write("text.txt", "a"), path("text.txt")), 100'000'000); }
  expect_failure(run({"fold", path("text.txt"), "-o", path("out.quire")}), {"text.txt", "64 MiB"});
  EXPECT_FALSE(fs::exists(path("out.quire")));
}

TEST_F(FoldProgram, ReportsCharactersTheModelDoesNotKnow) {
  write("text.txt", "Mostly English, with one \u4F60 in it.");
  const Outcome outcome = run({"fold", path("text.txt"), "-o", path("out.quire"), "--json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["unknown_chars"], 1);
  EXPECT_NE(outcome.err.find("U+4F60"), std::string::npos) << outcome.err;
}

TEST_F(FoldProgram, AFullDiskLeavesNoHalfFile) {
  write("text.txt", slurp(QUIRE_SOURCE_DIR "/examples/moby-dick.txt"));
  write("out.quire", "the old file");
  // No file may grow past 512 bytes: the write fails as on a full disk.
  const Outcome outcome =
      run({"fold", path("text.txt"), "-o", path("out.quire")}, "trap '' XFSZ; ulimit -f 1;");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(slurp(path("out.quire")), "the old file");
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    (void)entry;
    ++files;
  }
  EXPECT_EQ(files, 4u) << "text.txt, out.quire and the two outputs, no temporary";
}

TEST_F(FoldProgram, NamesTheDamageInAFile) {
  const std::string good = folded();
  expect_failure(run({"unfold", path("nowhere.quire")}), {"nowhere.quire"});
  expect_failure(unfold(""), {"damaged.quire"});
  expect_failure(unfold("just some text that is no quire at all, but longer than a header"),
                 {"damaged.quire"});
  for (const std::size_t kept : {std::size_t{7}, std::size_t{16}, good.size() / 2, good.size() - 1})
    expect_failure(unfold(good.substr(0, kept)), {"damaged.quire"});
  for (std::size_t at = 0; at < good.size(); at += good.size() / 23 + 1) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    expect_failure(unfold(flipped), {"damaged.quire"});
  }
}

class BrokenModel : public ProgramTest {
 protected:
  BrokenModel() {
    for (const auto& entry : fs::directory_iterator(model())) {
      fs::copy(entry.path(), folder_ / entry.path().filename());
    }
    write("text.txt", "Some text to fold.");
  }
  // Changes the header of model.safetensors, whose length stays the same.
  void edit_header(const std::string& from, const std::string& to) {
    ASSERT_EQ(from.size(), to.size());
    std::string bytes = slurp(path("model.safetensors"));
    const std::size_t at = bytes.find(from);
    ASSERT_NE(at, std::string::npos);
    bytes.replace(at, from.size(), to);
    write("model.safetensors", bytes);
  }
  Outcome fold() {
    const Outcome outcome = run({"fold", path("text.txt"), "-o", path("out.quire"), "--exact",
                                 "--model", folder_.string()});
    EXPECT_FALSE(fs::exists(path("out.quire")));
    return outcome;
  }
};

TEST_F(BrokenModel, LacksATensor) {
  edit_header("\"model.norm.weight\"", "\"model.none.weight\"");
  expect_failure(fold(), {folder_.string(), "model.norm.weight"});
}

TEST_F(BrokenModel, HasATensorOfAnotherShape) {
  edit_header("\"shape\":[512,512]", "\"shape\":[64,4096]");
}

TEST_F(BrokenModel, ClaimsAHeaderOfTwoToTheSixty) {
  std::string bytes = slurp(path("model.safetensors"));
  const std::uint64_t claim = std::uint64_t{1} << 60;
  std::memcpy(bytes.data(), &claim, sizeof claim);
  write("model.safetensors", bytes);
  expect_failure(fold(), {"model.safetensors"});
}

TEST_F(BrokenModel, IsNotThere) {
  expect_failure(run({"fold", path("text.txt"), "-o", path("out.quire"), "--model", path("none")}),
                 {path("none")});
}

TEST_F(ProgramTest, WrongUsageNamesTheNearestWord) {
  const Outcome command = run({"fodl"});
  EXPECT_EQ(command.status, 2);
  EXPECT_NE(command.err.find("fold"), std::string::npos) << command.err;
  const Outcome flag = run({"fold", "x.txt", "--raito", "5"});
  EXPECT_EQ(flag.status, 2);
  EXPECT_NE(flag.err.find("--ratio"), std::string::npos) << flag.err;
  const Outcome mode = run({"fold", "x.txt", "--mode", "tinny"});
  EXPECT_EQ(mode.status, 2);
  EXPECT_NE(mode.err.find("tiny"), std::string::npos) << mode.err;
}

}  // namespace
}  // namespace quire
