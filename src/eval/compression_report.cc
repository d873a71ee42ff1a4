#include "eval/compression_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

namespace quire {
namespace {

constexpr std::array<PaperRow, 14> kPaperRows = {{
    {"tiny", "600-700", 7, 10.5, 0.965},
    {"tiny", "700-800", 28, 11.8, 0.938},
    {"tiny", "800-900", 28, 13.2, 0.838},
    {"tiny", "900-1000", 14, 15.1, 0.859},
    {"tiny", "1000-1100", 11, 16.5, 0.793},
    {"tiny", "1100-1200", 8, 17.7, 0.764},
    {"tiny", "1200-1300", 4, 19.7, 0.591},
    {"small", "600-700", 7, 6.7, 0.985},
    {"small", "700-800", 28, 7.5, 0.973},
    {"small", "800-900", 28, 8.5, 0.968},
    {"small", "900-1000", 14, 9.7, 0.968},
    {"small", "1000-1100", 11, 10.6, 0.915},
    {"small", "1100-1200", 8, 11.3, 0.898},
    {"small", "1200-1300", 4, 12.6, 0.871},
}};

// The paper's sentences about its curve: "97% under 10x", "about 60% at 20x".
constexpr std::array<ChartPoint, 2> kPaperClaims = {{{10, 0.97}, {20, 0.60}}};

Json paper_json(const PaperRow& row) {
  return {{"text_tokens", std::string(row.text_tokens)},
          {"pages", row.pages},
          {"ratio", row.ratio},
          {"precision", row.precision}};
}

Json row_json(const CompressionRow& row) {
  Json json = {{"mode", row.mode},
               {"kind", std::string(row_of(row.kind).name)},
               {"bin", bin_name(row.bin)},
               {"ratio", row.ratio},
               {"pages", row.pages},
               {"failed", row.failed},
               {"precision", row.score.precision},
               {"recall", row.score.recall},
               {"one_minus_ed", row.score.one_minus_ed},
               {"exact_chars", row.score.exact_chars},
               {"columns", row.columns},
               {"rows_per_token", row.rows_per_token},
               {"characters_per_token", row.characters_per_token},
               {"text_tokens", row.text_tokens},
               {"vision_tokens", row.vision_tokens},
               {"sequence_tokens", row.sequence_tokens},
               {"font", row.font}};
  if (const PaperRow* paper = paper_row_beside(row)) json["paper"] = paper_json(*paper);
  return json;
}

// The look of a mode and of a kind; together they tell the curves apart.
std::string colour_of(const std::string& mode) {
  for (std::size_t i = 0; i < std::size(kModes); ++i) {
    if (kModes[i].name == mode) return chart_colour(i);
  }
  return chart_colour(std::size(kModes));
}

struct KindLook {
  Marker marker;
  const char* dash;
};
constexpr KindLook kKindLooks[] = {
    {Marker::kCircle, ""}, {Marker::kSquare, "9 4"}, {Marker::kTriangle, "2 4"}};
static_assert(std::size(kKindLooks) == std::size(kTextKinds));

}  // namespace

std::span<const PaperRow> paper_rows() { return kPaperRows; }

const PaperRow* paper_row_beside(const CompressionRow& row) {
  if (row.kind != TextKind::kProse) return nullptr;
  const auto found = std::find_if(kPaperRows.begin(), kPaperRows.end(), [&](const PaperRow& paper) {
    return paper.mode == row.mode && static_cast<int>(paper.ratio) == row.bin;
  });
  return found == kPaperRows.end() ? nullptr : found;
}

std::string to_table(const CompressionStudy& study) {
  std::array<char, 200> line;
  std::string table =
      "mode   text            bin     ratio  letters/  pages  precision  recall   1-ED   exact  "
      "paper\n"
      "                               x      token                                             "
      "precision\n";
  for (const CompressionRow& row : study.rows) {
    std::snprintf(
        line.data(), line.size(), "%-6s %-15s %-6s %6.1f %8.1f %6d %10.1f %7.1f %7.1f %7.1f",
        row.mode.c_str(), std::string(row_of(row.kind).title).c_str(), bin_name(row.bin).c_str(),
        row.ratio, row.characters_per_token, row.pages, row.score.precision * 100,
        row.score.recall * 100, row.score.one_minus_ed * 100, row.score.exact_chars * 100);
    table += line.data();
    if (const PaperRow* paper = paper_row_beside(row)) {
      std::snprintf(line.data(), line.size(), "  %.1f (%.1fx)", paper->precision * 100,
                    paper->ratio);
      table += line.data();
    }
    if (row.failed > 0) table += "  " + std::to_string(row.failed) + " not read to the end";
    table += "\n";
  }
  table +=
      "\nAll numbers in percent, means over pages. ratio: text tokens / vision tokens.\n"
      "precision and recall: sets of distinct words; 1-ED: one minus edit distance over\n"
      "characters; exact: characters that came back in their place. paper: precision on\n"
      "its own pages (Fox, English documents).\n"
      "Text tokens: " +
      study.tokenizer + "\n";
  if (!study.rows.empty()) table += "Font:        " + study.rows.front().font + "\n";
  return table;
}

Json to_json(const CompressionStudy& study) {
  Json rows = Json::array();
  for (const CompressionRow& row : study.rows) rows.push_back(row_json(row));
  return {{"rows", std::move(rows)},
          {"tokenizer", study.tokenizer},
          {"seed", study.seed},
          {"unknown_chars", study.unknown_characters}};
}

Result<Json> accuracy_table(const CompressionStudy& study) {
  Json rows = Json::array();
  for (const CompressionRow& row : study.rows) {
    if (row.kind != TextKind::kProse) continue;
    rows.push_back({{"mode", row.mode},
                    {"kind", "prose"},
                    {"columns", row.columns},
                    {"rows_per_token", row.rows_per_token},
                    {"characters_per_token", row.characters_per_token},
                    {"ratio", row.ratio},
                    {"pages", row.pages},
                    {"one_minus_ed", row.score.one_minus_ed}});
  }
  if (rows.empty()) return invalid("an accuracy table is made of prose, and the study read none");
  return Json{
      {"rows", std::move(rows)}, {"font", study.rows.front().font}, {"tokenizer", study.tokenizer}};
}

Chart compression_chart(const CompressionStudy& study) {
  Chart chart;
  chart.title = "How much comes back from a page";
  chart.subtitle =
      "filled pages, unseen text; crosses and diamonds: the DeepSeek-OCR paper, its pages";
  chart.x = {"text tokens per vision token (compression ratio)", 0, 0, false};
  chart.y = {"characters right (1 - edit distance)", 0, 1, true};
  double densest = 20;
  // Modes in the order of the study, kinds as the enum has them.
  std::vector<std::pair<std::string, TextKind>> order;
  std::map<std::pair<std::string, TextKind>, ChartSeries> curves;
  for (const CompressionRow& row : study.rows) {
    const auto key = std::make_pair(row.mode, row.kind);
    if (!curves.contains(key)) order.push_back(key);
    ChartSeries& series = curves[key];
    const KindLook& look = kKindLooks[static_cast<std::size_t>(row.kind)];
    series.name = row.mode + ", " + std::string(row_of(row.kind).title);
    series.colour = colour_of(row.mode);
    series.marker = look.marker;
    series.dash = look.dash;
    series.points.push_back({row.ratio, row.score.one_minus_ed});
    densest = std::max(densest, row.ratio);
  }
  for (const auto& key : order) chart.series.push_back(std::move(curves[key]));
  for (const char* mode : {"tiny", "small"}) {
    ChartSeries series{"paper, " + std::string(mode) + " (precision)",
                       {},
                       colour_of(mode),
                       Marker::kCross,
                       "",
                       false};
    for (const PaperRow& row : kPaperRows) {
      if (row.mode == mode) series.points.push_back({row.ratio, row.precision});
    }
    chart.series.push_back(std::move(series));
  }
  chart.series.push_back({"paper, its summary",
                          {kPaperClaims.begin(), kPaperClaims.end()},
                          "#222222",
                          Marker::kDiamond,
                          "",
                          false});
  chart.x.max = std::ceil(densest + 0.2);
  return chart;
}

}  // namespace quire
