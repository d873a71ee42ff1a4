#include "fold/accuracy.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "render/page.h"

namespace quire {
namespace {

constexpr std::size_t kMaxRows = 10'000;

Result<AccuracyRow> parse_row(const Json& json) {
  AccuracyRow row;
  auto mode = get_string(json, "mode");
  QUIRE_TRY(mode);
  auto kind = get_string(json, "kind", "prose");
  QUIRE_TRY(kind);
  const auto columns = get_int(json, "columns", {}, {1, 4096});
  QUIRE_TRY(columns);
  const auto rows = get_int(json, "rows_per_token", {}, {1, kMaxRowsPerToken});
  QUIRE_TRY(rows);
  const auto density = get_number(json, "characters_per_token");
  QUIRE_TRY(density);
  const auto accuracy = get_number(json, "one_minus_ed");
  QUIRE_TRY(accuracy);
  if (!(*density > 0 && *density < 1e6)) return invalid("\"characters_per_token\" is out of range");
  if (!(*accuracy >= 0 && *accuracy <= 1)) return invalid("\"one_minus_ed\" must be 0 to 1");
  return AccuracyRow{*mode,    *kind,    static_cast<int>(*columns), static_cast<int>(*rows),
                     *density, *accuracy};
}

}  // namespace

Result<AccuracyTable> AccuracyTable::parse(const Json& json) {
  AccuracyTable table;
  auto font = get_string(json, "font", "");
  QUIRE_TRY(font);
  table.font = *std::move(font);
  const Json* rows = find_key(json, "rows");
  if (rows == nullptr || !rows->is_array()) return invalid("\"rows\" must be an array");
  if (rows->size() > kMaxRows) return over_limit("\"rows\" has more than 10000 entries");
  for (const Json& entry : *rows) {
    auto row = parse_row(entry);
    if (!row) return row.status().at("row " + std::to_string(table.rows.size()));
    table.rows.push_back(*std::move(row));
  }
  return table;
}

Result<AccuracyTable> AccuracyTable::load(const std::string& model_directory) {
  const std::string path = (std::filesystem::path(model_directory) / "accuracy.json").string();
  const auto json = read_json(path);
  if (!json && json.status().code() == Code::kNotFound) return AccuracyTable{};
  QUIRE_TRY(json);
  auto table = parse(*json);
  if (!table) return table.status().at(path);
  return table;
}

std::vector<AccuracyRow> AccuracyTable::prose(std::string_view mode) const {
  std::vector<AccuracyRow> found;
  for (const AccuracyRow& row : rows) {
    if (row.kind == "prose" && (mode.empty() || row.mode == mode)) found.push_back(row);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.characters_per_token > b.characters_per_token;
  });
  return found;
}

std::optional<AccuracyRow> AccuracyTable::best(std::string_view mode) const {
  const std::vector<AccuracyRow> found = prose(mode);
  for (const AccuracyRow& row : found) {
    if (row.one_minus_ed >= kTrustedAccuracy) return row;
  }
  const auto top = std::max_element(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.one_minus_ed < b.one_minus_ed;
  });
  if (top == found.end()) return std::nullopt;
  return *top;
}

std::optional<double> AccuracyTable::expect(std::string_view mode,
                                            double characters_per_token) const {
  std::optional<AccuracyRow> above;  // the row next denser than asked for
  for (const AccuracyRow& row : prose(mode)) {
    if (row.characters_per_token <= characters_per_token) {
      if (!above) return row.one_minus_ed;
      const double gap = above->characters_per_token - row.characters_per_token;
      const double part = (characters_per_token - row.characters_per_token) / gap;
      return row.one_minus_ed + part * (above->one_minus_ed - row.one_minus_ed);
    }
    above = row;
  }
  if (!above) return std::nullopt;
  return above->one_minus_ed;
}

}  // namespace quire
