#include "fold/unfolded_json.h"

#include <nlohmann/json.hpp>

namespace quire {

nlohmann::ordered_json unfolded_pages_json(const Unfolded& unfolded) {
  nlohmann::ordered_json pages = nlohmann::ordered_json::array();
  for (const UnfoldedPage& page : unfolded.pages) {
    pages.push_back({{"text", page.text},
                     {"tokens", page.tokens},
                     {"status", to_string(page.status)},
                     {"exact", page.exact}});
    if (!page.problem.empty()) pages.back()["problem"] = page.problem;
  }
  return pages;
}

}  // namespace quire
