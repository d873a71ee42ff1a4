// `quire read --text-layer` as a user runs it: PDFs whose layer is true, rubbish, a scan's, or not
// there.
#include <nlohmann/json.hpp>

#include "app/program_test.h"
#include "document/pdf_by_hand.h"
#include "format/json.h"
#include "format/png.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

class ReadLayerTest : public ProgramTest {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "pile");
    write("pile/true.pdf",
          pdf_by_hand({{.text = "Born digital, one"},
                       {.text = ""},
                       {.text = "# Two <|ref|>image<|/ref|>", .box = "0 0 500 100"}}));
    write("pile/scan.pdf", pdf_by_hand({{.text = "A guess", .drawing = drawn_picture(200, 100)}}));
    write("pile/rubbish.pdf", pdf_with_rubbish_layer());
    Image image(60, 40);
    image.rgb[7] = 0;
    write("pile/picture.png", *encode_png(image));
  }

  Outcome read(std::vector<std::string> words) const {
    words.insert(words.begin(), "read");
    words.insert(words.end(),
                 {"--model", model(), "--mode", "tiny", "--task", "text", "--max-tokens", "8"});
    return run(words);
  }
};

TEST_F(ReadLayerTest, PreferredLayersAreTakenWhereTheyAreOfUse) {
  const Outcome ran = read({"pile/true.pdf", "pile/scan.pdf", "pile/rubbish.pdf",
                            "pile/picture.png", "--text-layer", "prefer", "--json"});
  const auto json = parse_json(ran.out);
  ASSERT_TRUE(json) << ran.err;
  const Json& files = (*json)["files"];
  const Json& pages = files[0]["pages"];
  ASSERT_EQ(pages.size(), 3u);
  EXPECT_EQ(pages[0]["source"], "text layer");
  EXPECT_EQ(pages[0]["text"], "Born digital, one");
  EXPECT_EQ(pages[0]["status"], "ok");
  EXPECT_EQ(pages[0]["tokens"], 0);
  EXPECT_EQ(pages[0]["text_layer"]["text"], "Born digital, one\n\n");
  EXPECT_EQ(pages[1]["source"], "") << "blank: there is no layer, and the model is not asked";
  EXPECT_EQ(pages[1]["status"], "empty");
  EXPECT_EQ(pages[1]["text_layer"]["refused"], "the page has no text layer");
  EXPECT_EQ(pages[2]["text"], "# Two <|ref|>image<|/ref|>") << "no tags in a file's own words";
  for (const auto& [file, why] :
       {std::pair{1, "a scan"}, std::pair{2, "not readable"}, std::pair{3, "no text layer"}}) {
    const Json& page = files[file]["pages"][0];
    EXPECT_EQ(page["source"], "model") << page;
    EXPECT_NE(page["text_layer"]["refused"].get<std::string>().find(why), std::string::npos)
        << page["text_layer"];
  }
  EXPECT_EQ(files[1]["pages"][0]["text_layer"]["text"], "A guess\n\n") << "kept as evidence";
  EXPECT_NE(ran.err.find("2 of 6 pages are their text layer"), std::string::npos) << ran.err;
  EXPECT_EQ(read({"pile/true.pdf", "--text-layer", "prefer", "--quiet"}).out,
            "Born digital, one\n\n<--- Page Split --->\n\n<--- Page Split --->\n"
            "# Two <|ref|>image<|/ref|>\n");
}

TEST_F(ReadLayerTest, ACheckSaysWhereReadingAndLayerDiffer) {
  const Outcome ran = read(
      {"pile/true.pdf", "pile/scan.pdf", "pile/rubbish.pdf", "--text-layer", "check", "--json"});
  const auto json = parse_json(ran.out);
  ASSERT_TRUE(json) << ran.err;
  const Json& page = (*json)["files"][0]["pages"][0];
  EXPECT_EQ(page["source"], "model");
  const Json& layer = page["text_layer"];
  EXPECT_LT(layer["agreement"], 1) << "quire-nano does not know these letters";
  ASSERT_FALSE(layer["differences"].empty());
  EXPECT_EQ(layer["differences"][0]["layer_word"], 0);
  EXPECT_NE(ran.err.find("true.pdf: " + layer["summary"].get<std::string>()), std::string::npos)
      << ran.err;
  EXPECT_TRUE((*json)["files"][1]["pages"][0]["text_layer"].contains("agreement"))
      << "a scan's layer is compared too";
  EXPECT_FALSE((*json)["files"][2]["pages"][0]["text_layer"].contains("agreement"));
  EXPECT_EQ(ran.err.find("rubbish.pdf: 0"), std::string::npos)
      << "with rubbish nothing is compared";
}

TEST_F(ReadLayerTest, IgnoredLayersAreNotLookedAt) {
  const auto json = parse_json(read({"pile/true.pdf", "--json"}).out);
  ASSERT_TRUE(json);
  EXPECT_FALSE((*json)["files"][0]["pages"][0].contains("text_layer"));
}

TEST_F(ReadLayerTest, APileKeepsLayersInOutputsJournalAndReport) {
  const Outcome preferred = read({"pile", "-o", "out", "--text-layer", "prefer"});
  EXPECT_NE(preferred.err.find("2 are their text layer"), std::string::npos) << preferred.err;
  EXPECT_EQ(slurp(path("out/true.md")),
            "<!-- page 1: from the text layer -->\n\nBorn digital, one\n\n<!-- page 2 -->\n\n"
            "<!-- page 3: from the text layer -->\n\n# Two <|ref|>image<|/ref|>\n");
  EXPECT_NE(slurp(path("out/true.html")).find("page 1: from the text layer"), std::string::npos);
  const auto json = parse_json(slurp(path("out/scan.json")));
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["pages"][0]["source"], "model");
  EXPECT_EQ((*json)["pages"][0]["text_layer"]["text"], "A guess\n\n");
  const auto report = parse_json(run({"report", "out", "--json"}).out);
  ASSERT_TRUE(report);
  EXPECT_EQ((*report)["text_layers"]["taken"], 2);
  EXPECT_EQ((*report)["text_layers"]["compared"], 0);
  expect_failure(read({"pile", "-o", "out", "--text-layer", "check"}), {"other settings"});

  const Outcome checked = read({"pile", "-o", "checked", "--text-layer", "check"});
  EXPECT_NE(checked.err.find("true.pdf, page 1: "), std::string::npos) << checked.err;
  EXPECT_NE(checked.err.find(" differ from their text layer"), std::string::npos) << checked.err;
  const Outcome sums = run({"report", "checked", "--html", "report.html"});
  EXPECT_NE(sums.out.find("3 pages were compared with their text layers, 3 differ"),
            std::string::npos)
      << sums.out;
  EXPECT_NE(sums.out.find("furthest from their text layers:"), std::string::npos);
  EXPECT_NE(slurp(path("report.html")).find("<h2>Text layers</h2>"), std::string::npos);
}

TEST_F(ReadLayerTest, WrongUsageIsNamed) {
  for (const auto& [words, hint] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--text-layer", "prefre"}, "did you mean 'prefer'"},
           {{"--text-layer", ""}, "ignore, prefer, check"},
           {{"--text-layer", "check", "--task", "describe"}, "--task markdown"},
           {{"--text-layer", "check", "--prompt", "What is this?"}, "--task markdown"},
           {{"--text-layer", "prefer", "--task", "boxes"}, "no boxes"}}) {
    std::vector<std::string> all = {"read", "pile/true.pdf"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome ran = run(all);
    EXPECT_EQ(ran.status, 2) << ran.err;
    EXPECT_NE(ran.err.find(hint), std::string::npos) << ran.err;
  }
}

}  // namespace
}  // namespace quire
