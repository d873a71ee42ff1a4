#include "infer/golden_case.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "format/json.h"
#include "image/upright.h"
#include "infer/modes.h"
#include "infer/preprocess.h"

namespace quire {
namespace {

constexpr IntRange kStride{1, 1 << 30}, kTiles{1, 100};

// The case's picture through this build's own preprocessing.
Status cut_picture(const std::string& path, const Json& meta, CaseInput& input) {
  const Result<Image> picture = read_upright(path);
  QUIRE_TRY(picture);
  const Json* sizes = find_key(meta, "mode");
  if (!sizes) return invalid("there is a picture but no \"mode\"");
  const auto base = get_int(*sizes, "base_size"), image = get_int(*sizes, "image_size");
  const auto crop = get_bool(*sizes, "crop_mode");
  QUIRE_TRY(base);
  QUIRE_TRY(image);
  QUIRE_TRY(crop);
  const Result<Mode> mode =
      mode_from_sizes(static_cast<int>(*base), static_cast<int>(*image), *crop);
  QUIRE_TRY(mode);
  Result<Views> views = make_views(*picture, *mode);
  QUIRE_TRY(views);
  input.views = *std::move(views);
  return {};
}

// The views that the reference made, for cases without their picture.
Status read_views(const std::string& directory, const Json& meta, CaseInput& input) {
  const auto grid = get_ints(meta, "grid", {{1, 1}}, kTiles);
  QUIRE_TRY(grid);
  if (grid->size() != 2) return invalid("\"grid\" must be two numbers, columns and rows");
  Views views;
  views.grid = {static_cast<int>((*grid)[0]), static_cast<int>((*grid)[1])};
  const auto read = [&directory](const std::string& name) {
    return read_upright(directory + "/view_" + name + ".png");
  };
  Result<Image> global = read("global");
  QUIRE_TRY(global);
  views.global = *std::move(global);
  for (int i = 0; i < views.grid.tiles(); ++i) {
    Result<Image> tile = read("tile_" + std::to_string(i));
    QUIRE_TRY(tile);
    views.tiles.push_back(*std::move(tile));
  }
  input.views = std::move(views);
  return {};
}

Status read_entry(const Json& entry, const std::string& tensor, GoldenCase& found) {
  const auto stride = get_int(entry, "sub_stride", 1, kStride);
  QUIRE_TRY(stride);
  found.strides[tensor] = static_cast<std::size_t>(*stride);
  return {};
}

Status read_view_entry(const Json& entry, const std::string& tensor, GoldenCase& found) {
  QUIRE_TRY(read_entry(entry, tensor, found));
  const auto sum = get_string(entry, "sha256_u8_hwc", "");
  QUIRE_TRY(sum);
  found.view_sums.push_back(*sum);
  return {};
}

Status read_meta(const std::string& directory, const Json& meta, GoldenCase& found) {
  const auto prompt = get_string(meta, "prompt");
  QUIRE_TRY(prompt);
  found.input.prompt = *prompt;
  const auto gap = get_number(meta, "router_min_gap_prefill", 1.0);
  QUIRE_TRY(gap);
  found.router_gap = *gap;
  if (const Json* view = find_key(meta, "pixels_global")) {
    QUIRE_TRY(read_view_entry(*view, "pixels_global", found));
  }
  if (const Json* tiles = find_key(meta, "pixels_tiles"); tiles && tiles->is_array()) {
    for (std::size_t i = 0; i < tiles->size(); ++i) {
      QUIRE_TRY(read_view_entry((*tiles)[i], "pixels_tile_" + std::to_string(i), found));
    }
  }
  if (const Json* taps = find_key(meta, "taps"); taps && taps->is_object()) {
    for (const auto& [name, entry] : taps->items())
      QUIRE_TRY(read_entry(entry, "tap." + name, found));
  }
  if (std::filesystem::exists(directory + "/input.png")) {
    return cut_picture(directory + "/input.png", meta, found.input);
  }
  if (std::filesystem::exists(directory + "/view_global.png"))
    return read_views(directory, meta, found.input);
  return {};
}

}  // namespace

Result<GoldenCase> GoldenCase::open(const std::string& directory) {
  GoldenCase found;
  Result<SafetensorsFile> tensors = SafetensorsFile::open(directory + "/golden.safetensors");
  QUIRE_TRY(tensors);
  found.tensors = *std::move(tensors);
  if (const Result<TensorView> ids = found.tensors.find("greedy_ids")) {
    found.input.steps = static_cast<std::size_t>(ids->elements());
  }
  const Result<Json> meta = read_json(directory + "/meta.json");
  QUIRE_TRY(meta);
  const Status status = read_meta(directory, *meta, found);
  if (!status.ok()) return status.at(directory);
  return found;
}

}  // namespace quire
