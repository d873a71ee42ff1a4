#include "eval/chart.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace quire {
namespace {

// A strict reader of the XML that an SVG needs: tags balance, attributes are quoted, & and < stand
// escaped. Returns what is wrong, or "".
std::string fault_of(const std::string& xml) {
  std::vector<std::string> open;
  std::size_t i = 0;
  while (i < xml.size()) {
    if (xml[i] == '&') {
      const std::size_t end = xml.find(';', i);
      const std::string name = end == std::string::npos ? "" : xml.substr(i + 1, end - i - 1);
      if (name != "amp" && name != "lt" && name != "gt" && name != "quot") return "bare &";
    }
    if (xml[i] != '<') {
      if (static_cast<unsigned char>(xml[i]) < 0x20 && xml[i] != '\n') return "control character";
      if (open.empty() && !std::isspace(static_cast<unsigned char>(xml[i]))) return "text outside";
      ++i;
      continue;
    }
    const std::size_t end = xml.find('>', i);
    if (end == std::string::npos) return "tag without end";
    std::string tag = xml.substr(i + 1, end - i - 1);
    i = end + 1;
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return "closes " + tag;
      open.pop_back();
      continue;
    }
    const bool alone = tag.back() == '/';
    if (alone) tag.pop_back();
    const std::string name = tag.substr(0, tag.find(' '));
    std::size_t at = name.size();
    while (at < tag.size()) {
      if (tag[at] == ' ') {
        ++at;
        continue;
      }
      const std::size_t equals = tag.find("=\"", at);
      if (equals == std::string::npos) return "attribute of " + name;
      const std::size_t close = tag.find('"', equals + 2);
      if (close == std::string::npos) return "quote in " + name;
      if (tag.substr(equals + 2, close - equals - 2).find('<') != std::string::npos)
        return "bare <";
      at = close + 1;
    }
    if (!alone) open.push_back(name);
  }
  return open.empty() ? "" : "open: " + open.back();
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

bool contains(const std::string& text, const std::string& part) { return count(text, part) > 0; }

Chart simple() {
  Chart chart;
  chart.title = "Title";
  chart.x = {"ratio", 2, 20, false};
  chart.y = {"right", 0, 1, true};
  chart.series.push_back(
      {"tiny", {{2, 0.99}, {10, 0.9}, {20, 0.5}}, chart_colour(0), Marker::kCircle, "", true});
  return chart;
}

TEST(Chart, IsWellFormedWithAxesAndLegend) {
  const std::string svg = to_svg(simple());
  EXPECT_EQ(fault_of(svg), "");
  for (const char* label : {">Title<", ">ratio<", ">right<", ">tiny<", ">0%<", ">100%<", ">10<"})
    EXPECT_TRUE(contains(svg, label)) << label;
  EXPECT_EQ(count(svg, "<circle"), 4u);  // three points and one in the legend
  EXPECT_EQ(count(svg, "<polyline"), 1u);
}

TEST(Chart, PlacesPointsWhereTheAxesSay) {
  Chart chart = simple();
  chart.series[0].points = {{2, 0}, {20, 1}};
  const std::string svg = to_svg(chart);
  // Lower left and upper right corner of the frame.
  EXPECT_TRUE(contains(svg, "<polyline points=\"76.0,498.0 710.0,76.0 \"")) << svg;
}

TEST(Chart, EveryMarkerAndMarksWithoutALine) {
  for (const Marker marker : {Marker::kNone, Marker::kCircle, Marker::kSquare, Marker::kTriangle,
                              Marker::kDiamond, Marker::kCross}) {
    Chart chart = simple();
    chart.series[0].marker = marker;
    chart.series[0].line = false;
    const std::string svg = to_svg(chart);
    EXPECT_EQ(fault_of(svg), "");
    EXPECT_FALSE(contains(svg, "<polyline"));
  }
}

TEST(Chart, EscapesNames) {
  Chart chart = simple();
  chart.title = "a < b & \"c\" > d \x01\xFF";
  chart.series[0].name = "</svg>";
  const std::string svg = to_svg(chart);
  EXPECT_EQ(fault_of(svg), "");
  EXPECT_TRUE(contains(svg, "a &lt; b &amp; &quot;c&quot; &gt; d \xEF\xBF\xBD"));
}

TEST(Chart, LeavesOutWhatCannotBeDrawn) {
  const double infinity = std::numeric_limits<double>::infinity();
  Chart chart = simple();
  chart.series[0].points = {{2, 0.9}, {3, std::nan("")}, {infinity, 0.5}, {4, 7}, {-1, 0.5}};
  const std::string svg = to_svg(chart);
  EXPECT_EQ(fault_of(svg), "");
  EXPECT_EQ(count(svg, "<circle"), 2u);  // one point and the legend
  EXPECT_FALSE(contains(svg, "nan"));
  EXPECT_FALSE(contains(svg, "inf"));
}

TEST(Chart, FindsAxesFromAnyData) {
  const std::vector<std::vector<ChartPoint>> cases = {{},
                                                      {{0, 0}},
                                                      {{5, 5}},
                                                      {{1e9, 1e-9}, {2e9, 2e-9}},
                                                      {{-3, -4}, {-3, -4}},
                                                      {{0, 1e300}, {1, -1e300}},
                                                      {{1e6, 1e6}, {1e6 + 1e-7, 1e6}}};
  for (const auto& points : cases) {
    Chart chart;
    chart.series.push_back({"s", points, chart_colour(1), Marker::kSquare, "", true});
    const std::string svg = to_svg(chart);
    EXPECT_EQ(fault_of(svg), "");
    EXPECT_LT(svg.size(), 60'000u);
    EXPECT_FALSE(contains(svg, "nan"));
  }
}

TEST(Chart, LearningCurvesHideTheirBeadsWhenLong) {
  LearningCurve few{"validation", {{0, 0}, {100, 0.5}}}, many{"training", {}};
  for (int i = 0; i <= 100; ++i) many.points.push_back({i * 10.0, i / 100.0});
  const std::string svg = to_svg(learning_chart("Training", "steps", {few, many}));
  EXPECT_EQ(fault_of(svg), "");
  EXPECT_EQ(count(svg, "<circle"), 3u);
  EXPECT_EQ(count(svg, "<polyline"), 2u);
  EXPECT_TRUE(contains(svg, ">1000<"));  // the last step has a tick
}

}  // namespace
}  // namespace quire
