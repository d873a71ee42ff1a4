#include "document/text_layer.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

TEST(TextLayer, UsesAreFoundByName) {
  EXPECT_EQ(*find_text_layer_use("check"), TextLayerUse::kCheck);
  EXPECT_EQ(*find_text_layer_use("ignore"), TextLayerUse::kIgnore);
  EXPECT_EQ(*find_text_layer_use("prefer"), TextLayerUse::kPrefer);
  EXPECT_FALSE(find_text_layer_use("chekc"));
}

TEST(TextLayer, RubbishIsNotPreferred) {
  EXPECT_EQ(unusable_layer("An honest page.\n\f"), "");
  EXPECT_EQ(unusable_layer("\u4f60\u597d"), "");
  EXPECT_NE(unusable_layer(" \n\f"), "");
  EXPECT_NE(unusable_layer(""), "");
  EXPECT_NE(unusable_layer("\ue001\ue002\ue003 ok"), "");  // glyph numbers without a meaning
  EXPECT_NE(unusable_layer("a\x01\x02\x03 b"), "");
  EXPECT_NE(unusable_layer("\xff\xfe\xfd"), "");
  // "Penalized least squares", as pdftotext has it from a paper of 2010.
  EXPECT_NE(unusable_layer("P❡♥❛❧✐③❡❞ ❧❡❛st sq✉❛r❡s"), "");
  EXPECT_EQ(unusable_layer("❑ yes ❑ no: \u2713 the form"), "");
  EXPECT_EQ(unusable_layer("∑ x ≤ 3 → ∇ f(x) + g(y) = 12"), "");
  EXPECT_EQ(unusable_layer(std::string(100, 'a') + "\ufffd"), "");  // one is forgiven
  EXPECT_NE(unusable_layer(std::string(100'001, 'a')), "");
}

TEST(TextLayer, LayoutDoesNotCountAsDisagreement) {
  const LayerCheck check =
      check_text_layer("An e\ufb03cient exam-\nple\nin  lines", "An efficient example in lines\n");
  EXPECT_EQ(check.agreement, 1);
  EXPECT_EQ(describe(check), "100.0% agree with the text layer");
}

TEST(TextLayer, MarkupOfTheReadingDoesNotCount) {
  EXPECT_EQ(check_text_layer("# Title\n\n<table><tr><td>1</td><td>2</td></tr></table>\n\n**a** b",
                             "Title\n1 2\na b")
                .agreement,
            1);
}

TEST(TextLayer, ALayerAsAPageIsTextWhateverItSays) {
  const DocumentPage page =
      page_of_layer("\fA <|ref|>image<|/ref|><|det|>[[0, 0, 999, 999]]<|/det|>\nline\x01\n");
  EXPECT_EQ(page.text(), "A <|ref|>image<|/ref|><|det|>[[0, 0, 999, 999]]<|/det|>\nline");
  ASSERT_EQ(page.blocks.size(), 1u);
  EXPECT_TRUE(page.figures().empty());
  EXPECT_TRUE(page_of_layer(" \n\f").blocks.empty());
}

TEST(TextLayer, DisagreementSaysWhere) {
  const LayerCheck check = check_text_layer("pay 100 euro now", "pay 700 euro");
  EXPECT_NEAR(check.agreement, 1 - 5.0 / 16, 1e-9);  // one letter replaced, four gone, of 16
  ASSERT_EQ(check.diff.differences.size(), 2U);
  EXPECT_EQ(describe(check),
            "68.8% agree with the text layer; 2 places differ, the first: '100' is '700' there");
  EXPECT_EQ(check_text_layer("", "").agreement, 1);
  EXPECT_EQ(check_text_layer("all of it", "").agreement, 0);
  EXPECT_EQ(check_text_layer(std::string(200'001, 'x'), "x").agreement, 0);
}

}  // namespace
}  // namespace quire
