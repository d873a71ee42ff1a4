#include "app/read_format.h"

#include <nlohmann/json.hpp>

#include "document/html.h"
#include "document/page_json.h"

namespace quire {
namespace {

// As the vendor's script divides pages.
constexpr std::string_view kPageSplit = "\n<--- Page Split --->\n";

template <typename PageText>
std::string join_pages(std::span<const ReadItem> items, const PageText& text_of) {
  std::string text;
  bool first = true;
  for (const ReadItem& item : items) {
    if (item.result.status == ReadStatus::kError) continue;
    if (!first) text += kPageSplit;
    first = false;
    const std::string page = text_of(item);
    text += page;
    if (!page.empty()) text += '\n';
  }
  return text;
}

std::string markdown(std::span<const ReadItem> items) {
  return join_pages(items,
                    [](const ReadItem& item) { return item.result.page.markdown(item.links); });
}

std::string text(std::span<const ReadItem> items) {
  return join_pages(items, [](const ReadItem& item) { return item.result.page.text(); });
}

std::string html(std::span<const ReadItem> items) {
  std::vector<std::string> sections;
  std::string title;
  for (const ReadItem& item : items) {
    if (item.result.status == ReadStatus::kError) continue;
    sections.push_back(html_section(item.result.page, item.links));
    if (title.empty() && !item.paths.empty()) title = item.paths.front();
  }
  return html_document(title, sections);
}

constexpr ReadFormat kRows[] = {{"md", ".md", markdown},
                                {"text", ".txt", text},
                                {"json", ".json", read_json_text},
                                {"html", ".html", html}};

}  // namespace

const std::span<const ReadFormat> kReadFormats = kRows;

const ReadFormat* find_read_format(std::string_view name) {
  for (const ReadFormat& row : kReadFormats) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string read_json_text(std::span<const ReadItem> items) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const ReadItem& item : items) {
    if (item.page > 1 && !files.empty()) {
      files.back()["pages"].push_back(page_json(item.result, item.links));
      files.back()["pages"].back()["page"] = item.page;
      continue;
    }
    files.push_back(
        {{"path", item.paths.empty() ? "" : item.paths.front()},
         {"pages", nlohmann::ordered_json::array({page_json(item.result, item.links)})}});
    if (item.paths.size() > 1) files.back()["paths"] = item.paths;
  }
  const nlohmann::ordered_json all = {{"files", std::move(files)}};
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace quire
