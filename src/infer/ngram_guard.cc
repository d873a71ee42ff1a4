#include "infer/ngram_guard.h"

#include <algorithm>
#include <limits>

namespace quire {

Result<NgramPreset> find_ngram_preset(std::string_view name) {
  std::string names;
  for (const NgramPreset& preset : kNgramPresets) {
    if (preset.name == name) return preset;
    names.append(names.empty() ? "" : ", ").append(preset.name);
  }
  return not_found("there is no n-gram guard '" + std::string(name) + "'; there are " + names);
}

std::vector<std::int32_t> table_cell_ids(const Tokenizer& tokenizer) {
  std::vector<std::int32_t> ids;
  for (const char* cell : {"<td>", "</td>"}) {
    if (const auto id = tokenizer.id_of(cell)) ids.push_back(*id);
  }
  return ids;
}

NgramGuard::NgramGuard(const NgramPreset& preset, std::vector<std::int32_t> exceptions,
                       std::span<const std::int32_t> prompt)
    : ngram_(static_cast<std::size_t>(std::max(0, preset.ngram))),
      window_(static_cast<std::size_t>(std::max(0, preset.window))) {
  if (window_ > 0) {
    exceptions_ = std::move(exceptions);
  } else {
    prompt_.assign(prompt.begin(), prompt.end());
  }
}

std::vector<std::int32_t> NgramGuard::banned(std::span<const std::int32_t> generated) const {
  std::vector<std::int32_t> joined;  // only where there is something to join
  std::span<const std::int32_t> ids = generated;
  if (!prompt_.empty()) {
    joined = prompt_;
    joined.insert(joined.end(), generated.begin(), generated.end());
    ids = joined;
  }
  std::vector<std::int32_t> out;
  if (ngram_ == 0 || ids.size() < ngram_) return out;

  // Every place where the last n - 1 ids stood before, with an id behind them.
  const std::span<const std::int32_t> tail = ids.last(ngram_ - 1);
  const std::size_t first = window_ > 0 && ids.size() > window_ ? ids.size() - window_ : 0;
  for (std::size_t at = first; at + ngram_ <= ids.size(); ++at) {
    if (!std::equal(tail.begin(), tail.end(), ids.begin() + static_cast<std::ptrdiff_t>(at)))
      continue;
    const std::int32_t next = ids[at + ngram_ - 1];
    if (std::find(exceptions_.begin(), exceptions_.end(), next) == exceptions_.end()) {
      out.push_back(next);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void NgramGuard::apply(std::span<const std::int32_t> generated, std::span<float> scores) const {
  for (const std::int32_t id : banned(generated)) {
    if (id >= 0 && static_cast<std::size_t>(id) < scores.size()) {
      scores[static_cast<std::size_t>(id)] = -std::numeric_limits<float>::infinity();
    }
  }
}

}  // namespace quire
