#include "memory/leaf.h"

#include <algorithm>
#include <numeric>

#include "base/bytes.h"
#include "fold/source_text.h"
#include "format/png.h"
#include "memory/squeeze.h"
#include "text/utf8.h"

namespace quire {
namespace {

std::u32string prefix_of(const Entry& entry) {
  return entry.role.empty() ? std::u32string() : decode_utf8_lossy(entry.role) + U": ";
}

PageLayout set_in(const LeafPage& page) { return {page.side, page.columns, page.rows_per_token}; }

Result<LeafPage> page_of(const Image& picture, const PageLayout& layout) {
  auto png = encode_png(picture);
  QUIRE_TRY(png);
  return LeafPage{layout.side, layout.columns, layout.rows_per_token, *std::move(png)};
}

Status damaged(const Leaf& leaf) {
  return invalid("leaf " + std::to_string(leaf.id) + ": a page is not what its row says it is");
}

// `leaf` with these pictures, which were set in `layout`, from one tier to another, step by step.
Result<Leaf> lowered(std::vector<Image> images, PageLayout layout, std::size_t from, std::size_t to,
                     Leaf leaf) {
  const auto letters = static_cast<std::size_t>(leaf.letters);
  for (std::size_t tier = from + 1; tier <= to; ++tier) {
    const PageLayout lower = layout_of(tier, letters);
    auto squeezed = squeeze(images, layout, lower, letters);
    QUIRE_TRY(squeezed);
    images = *std::move(squeezed);
    layout = lower;
  }
  leaf.tier = tier_name(std::max(from, to));
  for (const Image& image : images) {
    auto page = page_of(image, layout);
    QUIRE_TRY(page);
    leaf.pages.push_back(*std::move(page));
  }
  return leaf;
}

}  // namespace

std::u32string drawn_entry(const Entry& entry) {
  auto text = check_text(entry.text.value_or(""));
  return prefix_of(entry) + (text ? text->drawn : std::u32string()) + U"\n";
}

std::size_t entries_for_leaf(std::span<const Entry> waiting, const Policy& policy, bool& full) {
  std::size_t letters = 0, count = 0;
  const Seconds last = waiting.empty() ? 0 : policy.text_until(waiting.front()) + policy.span;
  for (; count < waiting.size(); ++count) {
    letters += drawn_entry(waiting[count]).size();
    if (letters > kLeafLetters) break;
    if (policy.text_until(waiting[count]) > last) break;
  }
  full = count < waiting.size();
  return std::max<std::size_t>(count, 1);
}

Result<Leaf> set_leaf(std::vector<Entry>& entries, std::size_t tier, Font& font,
                      std::size_t& unknown) {
  std::u32string letters;
  for (Entry& entry : entries) {
    const std::u32string drawn = drawn_entry(entry);
    const std::size_t prefix = prefix_of(entry).size();
    entry.place = static_cast<std::int64_t>(letters.size() + prefix);
    entry.length = static_cast<std::int64_t>(drawn.size() - prefix - 1);
    entry.text.reset();
    letters += drawn;
  }
  const PageLayout layout = layout_of(kSharpestPage, letters.size());
  auto rendering = render_text(letters, layout, font);
  QUIRE_TRY(rendering);
  unknown += rendering->unknown_characters;
  std::vector<Image> images;
  for (Page& page : rendering->pages) images.push_back(std::move(page.picture));
  return lowered(std::move(images), layout, kSharpestPage, tier,
                 {0, "", static_cast<std::int64_t>(letters.size()), {}});
}

Result<std::vector<Image>> pictures(const Leaf& leaf) {
  std::vector<Image> images;
  for (const LeafPage& page : leaf.pages) {
    auto image = decode_png(as_bytes(page.picture));
    QUIRE_TRY(image);
    if (image->image.width != page.side || image->image.height != page.side) return damaged(leaf);
    images.push_back(std::move(image->image));
  }
  if (images.empty()) return damaged(leaf);
  return images;
}

Result<Leaf> aged(const Leaf& leaf, std::size_t tier) {
  const auto now = find_tier(leaf.tier);
  if (!now || leaf.pages.empty() || leaf.letters <= 0) return damaged(leaf);
  auto images = pictures(leaf);
  QUIRE_TRY(images);
  return lowered(*std::move(images), set_in(leaf.pages.front()), *now, tier,
                 {leaf.id, "", leaf.letters, {}});
}

Status blot_out(Leaf& leaf, const Entry& entry) {
  auto images = pictures(leaf);
  QUIRE_TRY(images);
  const PageLayout layout = set_in(leaf.pages.front());
  if (layout.columns <= 0 || layout.capacity() <= 0) return damaged(leaf);
  const int width = layout.side / layout.columns;
  for (std::int64_t i = entry.place; i < entry.place + entry.length; ++i) {
    const auto page = static_cast<std::size_t>(i / layout.capacity());
    if (page >= images->size()) break;
    const auto cell = static_cast<int>(i % layout.capacity());
    const int left = cell % layout.columns * width;
    // Rows of pixels that two lines share go with both.
    const int row = cell / layout.columns;
    const int top = row * layout.side / layout.rows();
    const int bottom = ((row + 1) * layout.side + layout.rows() - 1) / layout.rows();
    for (int y = top; y < bottom; ++y) {
      std::fill_n((*images)[page].row(y) + 3 * left, 3 * width, layout.paper);
    }
  }
  for (std::size_t i = 0; i < images->size(); ++i) {
    auto page = page_of((*images)[i], layout);
    QUIRE_TRY(page);
    leaf.pages[i] = *std::move(page);
  }
  return {};
}

Result<LeafReading> read_leaf(const Leaf& leaf, const PageReader& reader) {
  const auto images = pictures(leaf);
  QUIRE_TRY(images);
  LeafReading reading;
  double certainty = 0;
  std::size_t generated = 0,
              left = static_cast<std::size_t>(std::max<std::int64_t>(leaf.letters, 0));
  for (std::size_t i = 0; i < images->size(); ++i) {
    QuirePageHead head;
    head.layout = set_in(leaf.pages[i]);
    head.characters = static_cast<std::uint32_t>(
        std::min(left, static_cast<std::size_t>(head.layout.capacity())));
    left -= head.characters;
    const auto tokens = reader.encode((*images)[i]);
    QUIRE_TRY(tokens);
    const auto page = read_page(reader, *tokens, head);
    QUIRE_TRY(page);
    std::u32string letters = decode_utf8_lossy(page->text);
    letters.resize(head.characters, U' ');
    reading.text += letters;
    certainty = std::accumulate(page->confidence.begin(), page->confidence.end(), certainty);
    generated += page->confidence.size();
  }
  if (generated > 0) reading.confidence = certainty / static_cast<double>(generated);
  return reading;
}

std::string reading_of(const Entry& entry, const LeafReading& reading) {
  const auto place = static_cast<std::size_t>(std::max<std::int64_t>(entry.place, 0));
  if (place >= reading.text.size()) return "";
  return encode_utf8(
      std::u32string_view(reading.text)
          .substr(place, static_cast<std::size_t>(std::max<std::int64_t>(entry.length, 0))));
}

}  // namespace quire
