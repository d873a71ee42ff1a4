#include "fold/fold_bill.h"

#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "text/utf8.h"

namespace quire {
namespace {

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof text, pattern, arguments);
  va_end(arguments);
  return text;
}

const char* plural(std::size_t n) { return n == 1 ? "" : "s"; }

// Share of characters that the readings got right, weighted by page.
double reading_accuracy(const FoldBill& bill) {
  double right = 0, all = 0;
  for (const FoldBill::PageCost& page : bill.pages) {
    right += page.accuracy * page.head.characters;
    all += page.head.characters;
  }
  return all > 0 ? right / all : 0;
}

}  // namespace

std::string bill_text(const FoldSummary& s) {
  const PageLayout& layout = s.plan.layout;
  std::string text = s.output + "\n";
  const bool estimated = s.tokens.tokenizer == "estimate";
  const std::string by = estimated ? "an estimate; scripts/get_tokenizer fetches what counts them"
                                   : s.tokens.tokenizer + " tokenizer";
  text += format("  text      %zu characters, %llu tokens (%s)\n", s.text.chars,
                 static_cast<unsigned long long>(s.tokens.count), by.c_str());
  text += format("  pages     %zu page%s, %s: %d lines of %d characters in %d x %d pixels, %s\n",
                 s.bill.pages.size(), plural(s.bill.pages.size()),
                 std::string(s.plan.mode.name).c_str(), layout.rows(), layout.columns, layout.side,
                 layout.side, s.font.c_str());
  text += format("  vision    %llu tokens (%llu with line ends and separators)\n",
                 static_cast<unsigned long long>(s.bill.vision_tokens),
                 static_cast<unsigned long long>(s.bill.sequence_tokens));
  text += format("  ratio     %.2f\n", s.bill.ratio());
  if (s.plan.expected_accuracy) {
    text +=
        format("  expected  %.1f%% of characters read right\n", 100 * *s.plan.expected_accuracy);
  }
  if (s.exact) {
    text += format("  exact     %.1f%% read right here; %llu bytes of corrections make it exact\n",
                   100 * reading_accuracy(s.bill),
                   static_cast<unsigned long long>(s.bill.correction_bytes));
  }
  text += format("  file      %llu bytes\n", static_cast<unsigned long long>(s.bill.file_bytes));
  return text;
}

nlohmann::ordered_json bill_json(const FoldSummary& s) {
  nlohmann::ordered_json pages = nlohmann::ordered_json::array();
  for (const FoldBill::PageCost& page : s.bill.pages) {
    nlohmann::ordered_json entry = {{"mode", page.head.mode},
                                    {"width", page.head.layout.side},
                                    {"height", page.head.layout.side},
                                    {"chars", page.head.characters},
                                    {"vision_tokens", page.vision_tokens},
                                    {"columns", page.head.layout.columns},
                                    {"rows_per_token", page.head.layout.rows_per_token}};
    if (s.exact) {
      entry["accuracy"] = page.accuracy;
      entry["correction_bytes"] = page.correction_bytes;
    }
    pages.push_back(std::move(entry));
  }
  nlohmann::ordered_json json = {
      {"output", s.output},
      {"text_chars", s.text.chars},
      {"text_tokens", s.tokens.count},
      {"text_tokenizer", s.tokens.tokenizer},
      {"vision_tokens", s.bill.vision_tokens},
      {"sequence_tokens", s.bill.sequence_tokens},
      {"ratio", s.bill.ratio()},
      {"expected_accuracy", nullptr},
      {"characters_per_token", s.plan.characters_per_token()},
      {"unknown_chars", s.text.unknown},
      {"unknown_examples",
       encode_utf8(std::u32string(s.text.unknown_examples.begin(), s.text.unknown_examples.end()))},
      {"font", s.font},
      {"model", s.model},
      {"file_bytes", s.bill.file_bytes},
      {"remarks", bill_remarks(s)},
  };
  if (s.plan.expected_accuracy) json["expected_accuracy"] = *s.plan.expected_accuracy;
  if (s.exact) {
    json["accuracy"] = reading_accuracy(s.bill);
    json["correction_bytes"] = s.bill.correction_bytes;
  }
  json["pages"] = std::move(pages);
  return json;
}

std::string bill_remarks(const FoldSummary& s) {
  std::string remarks = s.plan.note;
  const auto add = [&remarks](const std::string& sentence) {
    remarks += (remarks.empty() ? "" : "\n") + sentence;
  };
  if (s.text.unknown > 0) {
    add(format("%zu character%s unknown to the model or the font, and will not be read back: ",
               s.text.unknown, s.text.unknown == 1 ? " is" : "s are") +
        list_characters(s.text.unknown_examples));
  }
  // A correction restores what follows; without one it is lost.
  if (s.exact) return remarks;
  if (s.text.tabs > 0) {
    add(format("%zu tab%s will come back as four spaces each", s.text.tabs, plural(s.text.tabs)));
  }
  if (s.text.carriage_returns > 0) {
    add(format("%zu line end%s with a carriage return will come back as plain newlines",
               s.text.carriage_returns, plural(s.text.carriage_returns)));
  }
  return remarks;
}

}  // namespace quire
