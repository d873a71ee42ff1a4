#include "document/flow.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "document/join_table.h"
#include "text/strip.h"
#include "text/unicode_class.h"
#include "text/utf8.h"

namespace quire {
namespace {

// Around the text of a page, no part of it.
bool is_furniture(const FlowBlock& block) {
  constexpr std::array<std::string_view, 6> kLabels = {"header",      "footer",      "page_header",
                                                       "page_footer", "page_number", "footnote"};
  return std::find(kLabels.begin(), kLabels.end(), block.label) != kLabels.end();
}

bool is_prose(const FlowBlock& block) {
  return !block.figure && (block.label.empty() || block.label == "text");
}

// Written without spaces between words.
bool is_unspaced(char32_t c) {
  return (c >= 0x3041 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

bool is_hyphen(char32_t c) { return c == '-' || c == 0xAD || c == 0x2010; }

// Begins something that is no running text: a heading, list, table, figure, formula.
bool is_marked_up(std::string_view paragraph) {
  if (paragraph.empty() || std::string_view("#-*+|<!>$`").find(paragraph[0]) != std::string::npos)
    return true;
  const std::size_t digits = paragraph.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos &&
         (paragraph[digits] == '.' || paragraph[digits] == ')');
}

enum class Seam { kNone, kClosed, kSpace, kHyphen };  // how two parts of a paragraph meet

Seam seam(std::string_view upper, std::string_view lower) {
  if (is_marked_up(upper) || is_marked_up(lower)) return Seam::kNone;
  const std::u32string above = decode_utf8_lossy(upper), below = decode_utf8_lossy(lower);
  const char32_t last = above.back(), first = below.front();
  const bool letter_before = above.size() > 1 && is_class(above[above.size() - 2], kLetter);
  const bool small = u_islower(static_cast<UChar32>(first)) != 0;
  if (is_hyphen(last) && letter_before && small) return Seam::kHyphen;
  if (is_unspaced(last) && is_unspaced(first)) return Seam::kClosed;
  const bool open = is_class(last, kLetter | kMark | kNumber) || last == ',';
  return open && small ? Seam::kSpace : Seam::kNone;
}

// Moves the first paragraph of `lower` behind the last of `upper`. False when it is another one.
bool join_paragraph(FlowBlock& upper, FlowBlock& lower) {
  if (!is_prose(upper) || !is_prose(lower)) return false;
  const std::size_t break_above = upper.text.rfind("\n\n");
  const std::string_view tail =
      std::string_view(upper.text).substr(break_above == std::string::npos ? 0 : break_above + 2);
  const std::size_t end = std::min(lower.text.find("\n\n"), lower.text.size());
  const std::string head = lower.text.substr(0, end);
  const Seam how = seam(tail, head);
  if (how == Seam::kNone) return false;
  if (how == Seam::kHyphen) {
    const std::u32string above = decode_utf8_lossy(tail);
    upper.text.resize(upper.text.size() - encode_utf8(above.substr(above.size() - 1)).size());
  }
  if (how == Seam::kSpace) upper.text += ' ';
  upper.text.append(kPageMark).append(head);
  lower.text = strip(lower.text.substr(end));
  return true;
}

// A block that has grown to this is not looked through again for each page that might follow.
constexpr std::size_t kLongestJoined = 1 << 18;

bool join_blocks(FlowBlock& upper, FlowBlock& lower) {
  if (upper.text.size() > kLongestJoined) return false;
  if (join_paragraph(upper, lower)) return true;
  if (upper.figure || lower.figure) return false;
  return join_table(upper.text, lower.text, kPageMark);
}

}  // namespace

std::vector<FlowBlock> flow(const DocumentPage& page, std::span<const std::string> links) {
  std::vector<FlowBlock> blocks;
  std::size_t confidence = 0;
  const auto add = [&](FlowBlock block, const Grounding& part, std::span<const std::string> link) {
    block.text = grounding_to_markdown(part, link);
    for (std::size_t at; (at = block.text.find(kPageMark)) != std::string::npos;) {
      block.text.erase(at, kPageMark.size());
    }
    block.text = std::string(strip(block.text));
    if (!block.text.empty() || !block.link.empty()) blocks.push_back(std::move(block));
  };
  if (!strip(page.grounding.before).empty()) {
    add({"", page.blocks[confidence++].confidence, false, "", "", {}}, {page.grounding.before, {}},
        {});
  }
  for (const Region& region : page.grounding.regions) {
    FlowBlock block{
        region.label, page.blocks[confidence++].confidence, region.is_figure(), "", "", {}};
    if (block.figure && !links.empty()) {
      block.link = links.front();
      links = links.subspan(1);
    }
    add(std::move(block), {"", {region}}, {});
  }
  return blocks;
}

void join_pages(std::span<PageFlow> pages) {
  // Where running text goes on: the last block of it on the pages so far.
  FlowBlock* upper = nullptr;
  for (PageFlow& page : pages) {
    const auto body = std::find_if_not(page.blocks.begin(), page.blocks.end(), is_furniture);
    if (upper != nullptr && page.whole && body != page.blocks.end() && join_blocks(*upper, *body)) {
      upper->begin.push_back(page.page);
      page.begun = true;
      if (body->text.empty()) page.blocks.erase(body);
    }
    if (!page.whole) {
      upper = nullptr;
      continue;
    }
    const auto last = std::find_if_not(page.blocks.rbegin(), page.blocks.rend(), is_furniture);
    // A page that was all one paragraph leaves the one above open.
    if (last != page.blocks.rend()) {
      upper = &*last;
    } else if (!page.begun) {
      upper = nullptr;
    }
  }
}

}  // namespace quire
