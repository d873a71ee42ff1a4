// A line chart as SVG: light background, labelled axes with round ticks, a legend at the right.
// Plain enough to be read in a browser, on a README and by rsvg-convert.
#pragma once

#include <string>
#include <vector>

namespace quire {

struct ChartPoint {
  double x = 0, y = 0;
};

enum class Marker { kNone, kCircle, kSquare, kTriangle, kDiamond, kCross };

struct ChartSeries {
  std::string name;  // in the legend
  std::vector<ChartPoint> points;
  std::string colour = "#0072b2";
  Marker marker = Marker::kCircle;
  std::string dash;  // SVG stroke-dasharray, "6 4"; empty: a solid line
  bool line = true;  // false: markers alone
};

struct Axis {
  std::string label;
  double min = 0, max = 0;  // both 0: from the data
  bool percent = false;     // ticks of 0 to 1 shown as 0% to 100%
};

struct Chart {
  std::string title;
  std::string subtitle;  // may be empty
  Axis x, y;
  std::vector<ChartSeries> series;
  int width = 960, height = 560;  // pixels
};

// Values that are not finite are left out, those outside the axes too. Text may be any UTF-8.
std::string to_svg(const Chart& chart);

// Colours that people who see few colours can tell apart (Okabe and Ito 2008).
const std::string& chart_colour(std::size_t index);

// How a training run went: accuracy (0 to 1) against steps, minutes or pages, one series for each
// thing that is measured.
struct LearningCurve {
  std::string name;
  std::vector<ChartPoint> points;
};
Chart learning_chart(const std::string& title, const std::string& x_label,
                     const std::vector<LearningCurve>& curves);

}  // namespace quire
