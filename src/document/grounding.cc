#include "document/grounding.h"

#include <algorithm>
#include <optional>

namespace quire {
namespace {

constexpr std::string_view kOpen = "<|ref|>", kMiddle = "<|/ref|><|det|>", kClose = "<|/det|>";
constexpr std::string_view kImageLabel = "image";

// Reads "[[1, 2, 3, 4], [5, 6, 7, 8]]" as Python would: white space anywhere, a comma allowed at
// the end of a list.
class BoxListReader {
 public:
  explicit BoxListReader(std::string_view text) : rest_(text) {}

  // Nothing when the text is no such list. A list inside that has not four numbers is left out.
  std::vector<GroundingBox> read() {
    std::vector<GroundingBox> boxes;
    const bool parsed = read_list([&] {
      std::vector<int> numbers;
      if (!read_list([&] { return read_number(numbers); })) return false;
      if (numbers.size() == 4) {
        boxes.push_back({{numbers[0], numbers[1], numbers[2], numbers[3]}});
      }
      return true;
    });
    skip_space();
    if (!parsed || !rest_.empty()) boxes.clear();
    return boxes;
  }

 private:
  template <typename Item>
  bool read_list(const Item& item) {
    if (!take('[')) return false;
    while (!take(']')) {
      if (!item()) return false;
      if (!take(',')) return take(']');
    }
    return true;
  }

  bool read_number(std::vector<int>& numbers) {
    constexpr std::size_t kMaxDigits = 5;
    skip_space();
    int value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      if (digits == kMaxDigits) return false;
      value = 10 * value + (rest_[digits] - '0');
    }
    rest_.remove_prefix(digits);
    numbers.push_back(value);
    return digits > 0;
  }

  bool take(char c) {
    skip_space();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void skip_space() {
    const std::size_t space = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(std::min(space, rest_.size()));
  }

  std::string_view rest_;
};

// The first whole tag in a text.
struct Tag {
  std::size_t begin, end;
  std::string_view label, boxes;
};

// The shortest match from the first opening, across lines. Where it finds no end, a later opening
// would find none either.
std::optional<Tag> find_tag(std::string_view text) {
  const std::size_t open = text.find(kOpen);
  if (open == std::string_view::npos) return std::nullopt;
  const std::size_t label = open + kOpen.size();
  const std::size_t middle = text.find(kMiddle, label);
  if (middle == std::string_view::npos) return std::nullopt;
  const std::size_t boxes = middle + kMiddle.size();
  const std::size_t close = text.find(kClose, boxes);
  if (close == std::string_view::npos) return std::nullopt;
  return Tag{open, close + kClose.size(), text.substr(label, middle - label),
             text.substr(boxes, close - boxes)};
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t hit; (hit = text.find(from, at)) != std::string::npos; at = hit + from.size()) {
    out.append(text, at, hit - at).append(to);
  }
  text = out.append(text, at);
}

}  // namespace

PixelBox GroundingBox::pixels(int width, int height) const {
  const auto place = [](int value, int size) {
    const double at = static_cast<double>(value) / kGroundingScale * size;
    return static_cast<int>(std::clamp(at, 0.0, static_cast<double>(size)));
  };
  const auto [left, right] =
      std::minmax({place(normalised[0], width), place(normalised[2], width)});
  const auto [top, bottom] =
      std::minmax({place(normalised[1], height), place(normalised[3], height)});
  return {left, top, right, bottom};
}

Grounding parse_grounding(std::string_view output) {
  Grounding grounding;
  std::string* text = &grounding.before;
  std::size_t at = 0;
  while (const auto tag = find_tag(output)) {
    text->assign(output.substr(0, tag->begin));
    grounding.regions.push_back({std::string(tag->label),
                                 BoxListReader(tag->boxes).read(),
                                 {},
                                 at + tag->begin,
                                 at + tag->end});
    text = &grounding.regions.back().text;
    output.remove_prefix(tag->end);
    at += tag->end;
  }
  text->assign(output);
  return grounding;
}

bool Region::is_figure() const { return label == kImageLabel; }

std::string grounding_to_markdown(const Grounding& grounding, std::string_view image_folder) {
  std::vector<std::string> links;
  for (const Region& region : grounding.regions) {
    if (!region.is_figure()) continue;
    links.push_back(std::string(image_folder) + "/" + std::to_string(links.size()) + ".jpg");
  }
  return grounding_to_markdown(grounding, links);
}

std::string grounding_to_markdown(const Grounding& grounding, std::span<const std::string> links) {
  std::string out = grounding.before;
  for (const Region& region : grounding.regions) {
    if (region.is_figure() && !links.empty()) {
      if (!links.front().empty()) out.append("![](").append(links.front()).append(")\n");
      links = links.subspan(1);
    }
    out += region.text;
  }
  replace_all(out, "\\coloneqq", ":=");
  replace_all(out, "\\eqqcolon", "=:");
  return out;
}

}  // namespace quire
