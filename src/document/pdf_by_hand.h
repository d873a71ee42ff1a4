// For tests only: small PDFs, written by hand so that every fault in them is meant.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace quire {

struct HandPage {
  std::string text = "Hello";       // no brackets
  std::string box = "0 0 200 100";  // MediaBox
  std::string more = "";            // further entries of the page's dictionary
  std::string drawing = "";         // in front of the text
};

// Objects 1, 2, ... with their table and trailer; object 1 is the catalog.
inline std::string pdf_of_objects(const std::vector<std::string>& objects) {
  std::string out = "%PDF-1.4\n", table;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    char row[32];
    std::snprintf(row, sizeof(row), "%010zu 00000 n \n", out.size());
    table += row;
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string at = std::to_string(out.size());
  const std::string size = std::to_string(objects.size() + 1);
  return out + "xref\n0 " + size + "\n0000000000 65535 f \n" + table + "trailer\n<</Size " + size +
         "/Root 1 0 R>>\nstartxref\n" + at + "\n%%EOF\n";
}

// A grey picture from the lower left corner on, as a scan fills its page.
inline std::string drawn_picture(int width, int height) {
  std::string grey;
  for (int i = 0; i < 40 * 20; ++i) grey += i % 3 == 0 ? '\x40' : '\xC0';
  return "q " + std::to_string(width) + " 0 0 " + std::to_string(height) +
         " 0 0 cm BI /W 40 /H 20 /BPC 8 /CS /G ID " + grey + " EI Q ";
}

// Text of which every letter means U+E000 + its number: a font without a usable Unicode table.
inline std::string pdf_with_rubbish_layer() {
  const auto stream = [](const std::string& text) {
    return "<</Length " + std::to_string(text.size()) + ">>stream\n" + text + "\nendstream";
  };
  return pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[4 0 R]/Count 1>>",
       "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Resources<</Font<</F1 3 0 R>>>>"
       "/Contents 5 0 R>>",
       stream("BT /F1 24 Tf 10 40 Td (Hello) Tj ET"),
       stream("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
              "1 begincodespacerange <00> <FF> endcodespacerange\n"
              "1 beginbfrange <00> <FF> <E000> endbfrange\nendcmap end end")});
}

// `kids` and `count` say something else than the truth where they are given.
inline std::string pdf_by_hand(const std::vector<HandPage>& pages, const std::string& kids = "",
                               const std::string& count = "") {
  std::vector<std::string> objects = {"<</Type/Catalog/Pages 2 0 R>>", "",
                                      "<</Type/Font/Subtype/Type1/BaseFont/Helvetica"
                                      "/Encoding/WinAnsiEncoding>>"};
  std::string list;
  for (const HandPage& page : pages) {
    const std::string number = std::to_string(objects.size() + 1);
    const std::string content = std::to_string(objects.size() + 2);
    const std::string drawing = page.drawing + "BT /F1 24 Tf 10 40 Td (" + page.text + ") Tj ET";
    objects.push_back("<</Type/Page/Parent 2 0 R/MediaBox[" + page.box + "]" + page.more +
                      "/Resources<</Font<</F1 3 0 R>>>>/Contents " + content + " 0 R>>");
    objects.push_back("<</Length " + std::to_string(drawing.size()) + ">>stream\n" + drawing +
                      "\nendstream");
    list += number + " 0 R ";
  }
  objects[1] = "<</Type/Pages/Kids[" + (kids.empty() ? list : kids) + "]/Count " +
               (count.empty() ? std::to_string(pages.size()) : count) + ">>";
  return pdf_of_objects(objects);
}

}  // namespace quire
