#include "memory/timeline.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/bytes.h"
#include "format/png.h"
#include "image/resize.h"
#include "memory/leaf.h"
#include "memory/time_text.h"
#include "text/base64.h"
#include "text/escape.h"
#include "text/utf8.h"

namespace quire {
namespace {

// Pixels.
constexpr double kWidth = 1280, kHeight = 772, kMargin = 40;
constexpr double kBandTop = 96, kBandHeight = 378, kBandGap = 10;
constexpr double kBandWidth = (kWidth - 2 * kMargin - 4 * kBandGap) / 5;
constexpr double kThumbnailScale = 0.088;  // of the page's own side
constexpr double kChartLeft = kMargin + 40, kChartTop = 530, kChartHeight = 120;
constexpr double kTotalTop = 716;

// Text that is gone can only be weighed: English has 4.1 to 4.6 letters a token (fold/text_tokens).
constexpr double kLettersPerToken = 4.6;

struct Look {
  const char* colour;
  double opacity;  // of a page
};
struct Palette {
  const char *paper, *band, *ink, *quiet, *line, *edge, *left, *budget;
  Look looks[kGone];  // paler and paler: nearer and nearer to the paper
};
constexpr Palette kLight = {
    "#ffffff",
    "#f4f7f8",
    "#222222",
    "#555555",
    "#dddddd",
    "#9db4bf",
    "#eeeeee",
    "#c24d00",
    {{"#1b4965", 1}, {"#2f6f8f", 1}, {"#5fa8c4", 0.8}, {"#94c6d6", 0.55}, {"#c3d9df", 0.35}}};
constexpr Palette kDark = {
    "#211d1a",
    "#2b2622",
    "#efe7dc",
    "#b3a89b",
    "#453d36",
    "#5d5249",
    "#3a332d",
    "#ff9d68",
    {{"#9ad8f0", 1}, {"#6fb7d3", 0.95}, {"#4d8fa9", 0.7}, {"#3d6878", 0.48}, {"#344a52", 0.3}}};

struct Band {
  std::size_t entries = 0, pages = 0, tokens = 0, letters = 0;
  std::vector<std::int64_t> leaves;  // oldest first
};
struct Cost {
  std::size_t tier = 0;
  double tokens = 0;
  double age = 0;  // seconds
};
struct Overview {
  Band bands[kGone];
  std::vector<Cost> costs;          // of every entry, oldest first
  std::vector<std::string> recent;  // the last texts, newest first
  std::size_t entries = 0, tokens = 0;
  double as_text = 0;
};

std::string format(const char* pattern, auto... values) {
  char text[512];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string thousands(std::size_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string label(double x, double y, int size, const char* colour, const std::string& text,
                  const char* more = "") {
  return format("<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" fill=\"%s\" %s>", x, y, size, colour,
                more) +
         escape_markup(text) + "</text>\n";
}

std::string box(double x, double y, double width, double height, const char* fill,
                const char* more = "") {
  return format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" %s/>\n", x,
                y, width, height, fill, more);
}

Result<Overview> look_over(const Store& store, Seconds now, const CountTokens& count) {
  Overview all;
  const auto entries = store.entries();
  QUIRE_TRY(entries);
  const auto leaves = store.leaves();
  QUIRE_TRY(leaves);
  std::map<std::int64_t, std::pair<std::size_t, double>> leaf_costs;  // tier, tokens a letter
  for (const Leaf& row : *leaves) {
    const auto leaf = store.leaf(row.id);
    QUIRE_TRY(leaf);
    const std::size_t tier = find_tier(leaf->tier).value_or(kLastTier);
    Band& band = all.bands[tier];
    std::size_t tokens = 0;
    for (const LeafPage& page : leaf->pages) tokens += page_tokens(page.side);
    band.tokens += tokens;
    band.pages += leaf->pages.size();
    band.letters += static_cast<std::size_t>(leaf->letters);
    band.leaves.push_back(leaf->id);
    leaf_costs[leaf->id] = {tier, static_cast<double>(tokens) / static_cast<double>(leaf->letters)};
  }
  for (const Entry& entry : *entries) {
    Cost cost;
    if (entry.text) {
      const std::size_t tokens = count(*entry.text);
      all.bands[kTextTier].tokens += tokens;
      all.bands[kTextTier].letters += decode_utf8_lossy(*entry.text).size();
      cost.tokens = static_cast<double>(tokens);
      all.as_text += cost.tokens;
      all.recent.insert(all.recent.begin(),
                        (entry.role.empty() ? "" : entry.role + ": ") + *entry.text);
    } else {
      const auto& [tier, each] = leaf_costs[*entry.leaf];
      cost = {tier, each * static_cast<double>(entry.length + 1), 0};
      all.as_text += static_cast<double>(entry.length) / kLettersPerToken;
    }
    cost.age = static_cast<double>(std::max<Seconds>(0, now - entry.time));
    ++all.bands[cost.tier].entries;
    all.costs.push_back(cost);
  }
  all.entries = entries->size();
  for (const Band& band : all.bands) all.tokens += band.tokens;
  return all;
}

// Words of the last texts, as many lines as there is room for.
std::string recent_words(const Palette& palette, const Overview& all, double x, double y,
                         double bottom) {
  constexpr std::size_t kLine = 32, kLinesEach = 4;
  std::string svg;
  for (const std::string& text : all.recent) {
    std::u32string rest = decode_utf8_lossy(text);
    std::replace(rest.begin(), rest.end(), U'\n', U' ');
    for (std::size_t n = 0; n < kLinesEach && !rest.empty() && y < bottom; ++n, y += 14) {
      std::size_t length = std::min(kLine, rest.size());
      if (length < rest.size() && rest.rfind(U' ', length) != rest.npos &&
          rest.rfind(U' ', length) > 0)
        length = rest.rfind(U' ', length);
      std::u32string line = rest.substr(0, length);
      rest.erase(0, std::min(length + 1, rest.size()));
      if (n + 1 == kLinesEach && !rest.empty()) line += U"\u2026";
      svg += label(x, y, 11, palette.looks[kTextTier].colour, encode_utf8(line));
    }
    y += 6;
    if (y >= bottom) break;
  }
  return svg;
}

// As many thumbnails as there is room for, spread evenly over the leaves of the tier.
Result<std::string> thumbnails(const Palette& palette, const Store& store, const Band& band,
                               std::size_t tier, double x, double y, double height) {
  const double side = kTiers[tier].layout.side * kThumbnailScale, step = side + 7;
  const auto across = static_cast<std::size_t>(std::max(1.0, std::floor((kBandWidth - 14) / step)));
  const auto down = static_cast<std::size_t>(std::max(1.0, std::floor(height / step)));
  const std::size_t shown = std::min(band.leaves.size(), across * down);
  const double left = x + (kBandWidth - static_cast<double>(across) * step + 7) / 2;
  std::string svg;
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t which = shown < 2 ? 0 : i * (band.leaves.size() - 1) / (shown - 1);
    const auto leaf = store.leaf(band.leaves[which]);
    QUIRE_TRY(leaf);
    const auto pages = pictures(*leaf);
    QUIRE_TRY(pages);
    const int pixels = static_cast<int>(2 * side);  // twice, for sharp screens
    const auto png = encode_png(resize_bicubic(pages->front(), pixels, pixels));
    QUIRE_TRY(png);
    const double at_x = left + static_cast<double>(i % across) * step;
    const double at_y = y + static_cast<double>(i / across) * step;
    svg += box(at_x, at_y, side, side, "none",
               format("stroke=\"%s\" stroke-width=\"0.7\"", palette.edge).c_str());
    svg += format(
               "<image x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" opacity=\"%.2f\" "
               "href=\"data:image/png;base64,",
               at_x, at_y, side, side, palette.looks[tier].opacity) +
           encode_base64(as_bytes(*png)) + "\"/>\n";
  }
  return svg;
}

std::string ages_of(const Policy& policy, std::size_t tier) {
  const auto until = static_cast<double>(policy.ends[tier]);
  if (tier == kTextTier) return "up to " + age_text(until);
  return age_text(static_cast<double>(policy.ends[tier - 1])) + " to " + age_text(until);
}

Result<std::string> draw_band(const Palette& palette, const Memory& memory, const Overview& all,
                              std::size_t tier) {
  const Band& band = all.bands[tier];
  const double x = kMargin + static_cast<double>(kLastTier - tier) * (kBandWidth + kBandGap);
  std::string svg = box(x, kBandTop, kBandWidth, kBandHeight, palette.band, "rx=\"6\"");
  svg += box(x, kBandTop, kBandWidth, 5, palette.looks[tier].colour, "rx=\"2\"");
  svg += label(x + 12, kBandTop + 32, 19, palette.ink, std::string(tier_name(tier)),
               "font-weight=\"600\"");
  svg += label(x + kBandWidth - 12, kBandTop + 31, 12, palette.quiet,
               ages_of(memory.tools().policy, tier), "text-anchor=\"end\"");
  const double top = kBandTop + 48, height = kBandHeight - 48 - 62;
  if (tier == kTextTier) {
    svg += recent_words(palette, all, x + 12, top + 12, top + height);
  } else {
    const auto pages = thumbnails(palette, memory.store(), band, tier, x, top, height);
    QUIRE_TRY(pages);
    svg += *pages;
  }
  const double foot = kBandTop + kBandHeight - 36;
  const std::string what =
      thousands(band.entries) + (band.entries == 1 ? " entry" : " entries") +
      (tier == kTextTier ? ""
                         : " on " + thousands(band.pages) + (band.pages == 1 ? " page" : " pages"));
  svg += label(x + 12, foot, 13, palette.ink, what);
  std::string cost = thousands(band.tokens) + " tokens";
  if (band.letters > 0) {
    cost += format(" (%.0f per 1,000 letters)",
                   1000.0 * static_cast<double>(band.tokens) / static_cast<double>(band.letters));
  }
  return svg + label(x + 12, foot + 19, 12, palette.quiet, cost);
}

// Place of an age on the time axis: as wide for a minute to an hour as for a day to two months.
double place_of(double age) {
  constexpr double kOldest = 365 * 86400.0, kYoungest = 60;
  const double share =
      std::log(kOldest / std::clamp(age, kYoungest, kOldest)) / std::log(kOldest / kYoungest);
  return kChartLeft + share * (kWidth - kMargin - kChartLeft);
}

// What an entry costs, the mean of those that are about as old.
std::string draw_costs(const Palette& palette, const Overview& all) {
  constexpr std::size_t kBars = 72;
  std::string svg = label(kMargin, kChartTop - 22, 15, palette.ink,
                          "Tokens for an entry, by its age", "font-weight=\"600\"");
  struct Bar {
    double tokens = 0;
    std::size_t entries = 0, tier = 0;
  };
  std::vector<Bar> bars(kBars);
  const double step = (kWidth - kMargin - kChartLeft) / kBars;
  for (const Cost& cost : all.costs) {
    const double at = (place_of(cost.age) - kChartLeft) / step;
    Bar& bar = bars[std::min(kBars - 1, static_cast<std::size_t>(at))];
    bar.tokens += cost.tokens;
    bar.tier = cost.tier;  // of the youngest
    ++bar.entries;
  }
  double highest = 1;
  for (Bar& bar : bars) {
    if (bar.entries > 0) bar.tokens /= static_cast<double>(bar.entries);
    highest = std::max(highest, bar.tokens);
  }
  const double base = kChartTop + kChartHeight;
  for (const double share : {0.0, 0.5, 1.0}) {
    const double y = base - share * kChartHeight;
    svg += format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n",
                  kChartLeft, y, kWidth - kMargin, y, palette.line);
    svg += label(kChartLeft - 6, y + 4, 11, palette.quiet, format("%.0f", share * highest),
                 "text-anchor=\"end\"");
  }
  for (std::size_t i = 0; i < kBars; ++i) {
    const double height = bars[i].tokens / highest * kChartHeight;
    svg += box(kChartLeft + static_cast<double>(i) * step, base - height, step * 0.82, height,
               palette.looks[bars[i].tier].colour);
  }
  for (const double age : {365 * 86400.0, 30 * 86400.0, 7 * 86400.0, 86400.0, 3600.0, 60.0}) {
    const char* anchor = age > 300 * 86400.0 ? "text-anchor=\"start\""
                         : age < 3600        ? "text-anchor=\"end\""
                                             : "text-anchor=\"middle\"";
    svg += label(place_of(age), base + 17, 12, palette.quiet, age_text(age), anchor);
  }
  return svg;
}

// One bar for what all costs now, on the scale of what it would cost as text.
std::string draw_total(const Palette& palette, const Overview& all, std::size_t budget) {
  const double most = std::max({all.as_text, static_cast<double>(all.tokens), 1.0});
  const double left = kChartLeft, width = kWidth - kMargin - kChartLeft;
  std::string svg = box(left, kTotalTop, width * all.as_text / most, 18, palette.left, "rx=\"3\"");
  double x = left;
  for (std::size_t tier = kGone; tier-- > 0;) {
    const double share = width * static_cast<double>(all.bands[tier].tokens) / most;
    svg += box(x, kTotalTop, share, 18, palette.looks[tier].colour);
    x += share;
  }
  const std::string saved =
      format("%.1f", all.as_text / std::max<double>(1, static_cast<double>(all.tokens)));
  svg += label(left, kTotalTop - 9, 13, palette.ink,
               "All of it: " + thousands(all.tokens) + " tokens; as text about " +
                   thousands(static_cast<std::size_t>(all.as_text)) + " (" + saved + "x)");
  if (budget > 0) {
    const double at = left + width * std::min(1.0, static_cast<double>(budget) / most);
    svg += format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
        "stroke-width=\"2\"/>\n",
        at, kTotalTop - 5, at, kTotalTop + 23, palette.budget);
    svg += label(std::min(at, kWidth - kMargin - 130), kTotalTop + 36, 12, palette.budget,
                 "budget " + thousands(budget));
  }
  return svg;
}

}  // namespace

Result<std::string> draw_timeline(const Memory& memory, const TimelineOptions& options,
                                  const CountTokens& count) {
  const auto all = look_over(memory.store(), options.now, count);
  QUIRE_TRY(all);
  const Palette& palette = options.dark ? kDark : kLight;
  std::string svg = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f "
      "%.0f\" font-family=\"DejaVu Sans, sans-serif\">\n",
      kWidth, kHeight, kWidth, kHeight);
  svg += box(0, 0, kWidth, kHeight, palette.paper);
  svg += label(kMargin, 46, 24, palette.ink, "What is remembered", "font-weight=\"600\"");
  svg +=
      label(kMargin, 72, 14, palette.quiet,
            thousands(all->entries) + (all->entries == 1 ? " entry" : " entries") + " on " +
                time_text(options.now) + "; older memories stand on smaller pages, further left");
  for (std::size_t tier = 0; tier < kGone; ++tier) {
    const auto band = draw_band(palette, memory, *all, tier);
    QUIRE_TRY(band);
    svg += *band;
  }
  return svg + draw_costs(palette, *all) + draw_total(palette, *all, options.budget) + "</svg>\n";
}

}  // namespace quire
