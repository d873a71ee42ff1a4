#include "eval/chart.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "text/escape.h"

namespace quire {
namespace {

// Pixels.
constexpr double kLeft = 76, kTop = 76, kBottom = 62, kLegendWidth = 250, kLegendLine = 24;
constexpr double kMarkerSize = 4.5;
constexpr const char* kInk = "#222222";
constexpr const char* kFaint = "#e3e3e3";
constexpr const char* kQuiet = "#555555";

// Independent of the locale, unlike printf.
std::string number(double value, int digits = 1) {
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, digits);
  return end.ec == std::errc() ? std::string(buffer.data(), end.ptr) : "0";
}

// 1, 2 or 5 times a power of ten, so that about `count` of them cover the range.
double round_step(double range, int count) {
  const double rough = range / count;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * 0.999) return factor * power;
  }
  return 10 * power;
}

// An axis with its place on the picture.
struct Scale {
  double min, max, step;
  double from, to;  // pixels of min and max
  bool percent;

  double place(double value) const { return from + (value - min) / (max - min) * (to - from); }
  bool holds(double value) const {
    const double slack = (max - min) * 1e-9;
    return std::isfinite(value) && value >= min - slack && value <= max + slack;
  }
  std::string tick(double value) const {
    if (percent) return number(value * 100, step < 0.0099 ? 1 : 0) + "%";
    if (step >= 1000) return number(value / 1000, step < 10000 && std::fmod(step, 1000) > 0) + "k";
    return number(value, std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6));
  }
};

Scale scale_for(const Axis& axis, const std::vector<ChartSeries>& series, bool horizontal,
                double from, double to) {
  double low = axis.min, high = axis.max;
  if (low == 0 && high == 0) {
    low = std::numeric_limits<double>::infinity();
    high = -low;
    for (const ChartSeries& s : series) {
      for (const ChartPoint& p : s.points) {
        const double value = horizontal ? p.x : p.y;
        if (!std::isfinite(p.x) || !std::isfinite(p.y)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  if (!(std::isfinite(low) && std::isfinite(high))) low = 0, high = 1;
  // A range too narrow for its numbers to differ would have no ticks.
  const double least = std::max({std::abs(low), std::abs(high), 1e-6}) * 1e-6;
  if (high - low < least) high = low + std::max(1.0, std::abs(low) * 0.1);
  const double step = round_step(high - low, horizontal ? 12 : 8);
  if (axis.min == 0 && axis.max == 0) {
    low = std::floor(low / step + 1e-9) * step;
    high = std::ceil(high / step - 1e-9) * step;
  }
  return {low, high, step, from, to, axis.percent};
}

std::string line(double x0, double y0, double x1, double y1, const std::string& style) {
  return "<line x1=\"" + number(x0) + "\" y1=\"" + number(y0) + "\" x2=\"" + number(x1) +
         "\" y2=\"" + number(y1) + "\" " + style + "/>\n";
}

std::string label(double x, double y, const std::string& text, const std::string& style) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + style + ">" +
         escape_markup(text) + "</text>\n";
}

std::string marker(const ChartSeries& series, double x, double y) {
  const double r = kMarkerSize;
  const std::string fill =
      "fill=\"" + escape_markup(series.colour) + "\" stroke=\"#ffffff\" stroke-width=\"0.8\"/>\n";
  const auto shape = [&](std::initializer_list<std::pair<double, double>> corners) {
    std::string points;
    for (const auto& [dx, dy] : corners) points += number(x + dx) + "," + number(y + dy) + " ";
    return "<polygon points=\"" + points + "\" " + fill;
  };
  switch (series.marker) {
    case Marker::kNone:
      return "";
    case Marker::kCircle:
      return "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(r) + "\" " +
             fill;
    case Marker::kSquare:
      return shape({{-r, -r}, {r, -r}, {r, r}, {-r, r}});
    case Marker::kTriangle:
      return shape({{0, -r - 1}, {r + 1, r}, {-r - 1, r}});
    case Marker::kDiamond:
      return shape({{0, -r - 2}, {r + 2, 0}, {0, r + 2}, {-r - 2, 0}});
    case Marker::kCross: {
      const std::string style = "stroke=\"" + escape_markup(series.colour) +
                                "\" stroke-width=\"2.4\" stroke-linecap=\"round\"";
      return line(x - r, y - r, x + r, y + r, style) + line(x - r, y + r, x + r, y - r, style);
    }
  }
  return "";
}

std::string stroke(const ChartSeries& series) {
  std::string style = "fill=\"none\" stroke=\"" + escape_markup(series.colour) +
                      "\" stroke-width=\"2.2\" stroke-linejoin=\"round\"";
  if (!series.dash.empty()) style += " stroke-dasharray=\"" + escape_markup(series.dash) + "\"";
  return style;
}

std::string axes(const Chart& chart, const Scale& x, const Scale& y) {
  std::string svg;
  const std::string grid = std::string("stroke=\"") + kFaint + "\" stroke-width=\"1\"";
  const std::string tick_text = std::string("fill=\"") + kQuiet + "\" font-size=\"14\"";
  const auto first = [](const Scale& s) { return std::ceil(s.min / s.step - 1e-6) * s.step; };
  for (int i = 0; first(x) + i * x.step <= x.max + x.step * 1e-6; ++i) {
    const double value = first(x) + i * x.step, at = x.place(value);
    svg += line(at, y.from, at, y.to, grid);
    svg += label(at, y.from + 21, x.tick(value), tick_text + " text-anchor=\"middle\"");
  }
  for (int i = 0; first(y) + i * y.step <= y.max + y.step * 1e-6; ++i) {
    const double value = first(y) + i * y.step, at = y.place(value);
    svg += line(x.from, at, x.to, at, grid);
    svg += label(x.from - 9, at + 5, y.tick(value), tick_text + " text-anchor=\"end\"");
  }
  const std::string frame = "stroke=\"#777777\" stroke-width=\"1.3\"";
  svg += line(x.from, y.from, x.to, y.from, frame) + line(x.from, y.from, x.from, y.to, frame);
  const std::string name = std::string("fill=\"") + kInk + "\" font-size=\"15\"";
  svg += label((x.from + x.to) / 2, y.from + 48, chart.x.label, name + " text-anchor=\"middle\"");
  const double middle = (y.from + y.to) / 2;
  svg +=
      label(22, middle, chart.y.label,
            name + " text-anchor=\"middle\" transform=\"rotate(-90 22 " + number(middle) + ")\"");
  return svg;
}

std::string curve(const ChartSeries& series, const Scale& x, const Scale& y) {
  std::string svg, points;
  for (const ChartPoint& p : series.points) {
    if (!x.holds(p.x) || !y.holds(p.y)) continue;
    points += number(x.place(p.x)) + "," + number(y.place(p.y)) + " ";
    svg += marker(series, x.place(p.x), y.place(p.y));
  }
  if (series.line && !points.empty())
    svg = "<polyline points=\"" + points + "\" " + stroke(series) + "/>\n" + svg;
  return svg;
}

}  // namespace

std::string to_svg(const Chart& chart) {
  const double width = std::max(chart.width, 480), height = std::max(chart.height, 240);
  const Scale x = scale_for(chart.x, chart.series, true, kLeft, width - kLegendWidth);
  const Scale y = scale_for(chart.y, chart.series, false, height - kBottom, kTop);
  const std::string w = number(width, 0), h = number(height, 0);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
                    "\" viewBox=\"0 0 " + w + " " + h +
                    "\" font-family=\"DejaVu Sans, Verdana, Helvetica, Arial, sans-serif\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"#fdfdfb\"/>\n";
  svg += label(kLeft, 32, chart.title,
               std::string("fill=\"") + kInk + "\" font-size=\"20\" font-weight=\"bold\"");
  if (!chart.subtitle.empty())
    svg +=
        label(kLeft, 55, chart.subtitle, std::string("fill=\"") + kQuiet + "\" font-size=\"14\"");
  svg += axes(chart, x, y);
  for (const ChartSeries& series : chart.series) svg += curve(series, x, y);
  double at = kTop + 8;
  const double left = width - kLegendWidth + 22;
  for (const ChartSeries& series : chart.series) {
    if (series.line) svg += line(left, at, left + 34, at, stroke(series));
    svg += marker(series, left + 17, at);
    svg += label(left + 43, at + 5, series.name,
                 std::string("fill=\"") + kInk + "\" font-size=\"14\"");
    at += kLegendLine;
  }
  return svg + "</svg>\n";
}

const std::string& chart_colour(std::size_t index) {
  static const std::array<std::string, 7> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                      "#b8860b", "#56b4e9", "#000000"};
  return kColours[index % kColours.size()];
}

Chart learning_chart(const std::string& title, const std::string& x_label,
                     const std::vector<LearningCurve>& curves) {
  Chart chart;
  chart.title = title;
  chart.x.label = x_label;
  chart.y = {"characters right", 0, 1, true};
  for (std::size_t i = 0; i < curves.size(); ++i) {
    ChartSeries series;
    series.name = curves[i].name;
    series.points = curves[i].points;
    series.colour = chart_colour(i);
    // A run has hundreds of points: beads on a string would hide the string.
    series.marker = curves[i].points.size() > 40 ? Marker::kNone : Marker::kCircle;
    chart.series.push_back(std::move(series));
  }
  return chart;
}

}  // namespace quire
