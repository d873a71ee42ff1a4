#include "format/checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "format/json.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIndex = "model.safetensors.index.json";
constexpr const char* kSingle = "model.safetensors";
constexpr std::size_t kMaxShards = 10'000;

// An index comes with the download; it must not make us open files elsewhere.
bool is_plain_file_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
         name.find('\\') == name.npos && name.find('\0') == name.npos;
}

// Tensor name -> shard file name.
using WeightMap = std::map<std::string, std::string>;

Result<WeightMap> read_index(const std::string& path) {
  const Result<Json> json = read_json(path);
  if (!json) return json.status();
  const Json* map = find_key(*json, "weight_map");
  if (map == nullptr || !map->is_object() || map->empty()) {
    return invalid(path + ": \"weight_map\" is missing or empty");
  }
  WeightMap weights;
  for (const auto& [tensor, shard] : map->items()) {
    if (!shard.is_string() || !is_plain_file_name(shard.get<std::string>())) {
      return invalid("its shard must be the name of a file in the same folder")
          .at("tensor \"" + tensor + "\"")
          .at(path);
    }
    weights[tensor] = shard.get<std::string>();
  }
  return weights;
}

// Levenshtein distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

Result<Checkpoint> Checkpoint::open(const std::string& directory) {
  const fs::path folder(directory);
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return not_found(directory +
                     ": no such directory; a model is a directory with config.json, "
                     "tokenizer.json and model.safetensors (or an index and shards)");
  }
  Checkpoint checkpoint;
  checkpoint.directory_ = directory;

  const std::string index = (folder / kIndex).string();
  if (!fs::exists(index, error)) {
    if (!fs::exists(folder / kSingle, error)) {
      return not_found(directory + ": neither " + kIndex + " nor " + kSingle +
                       " is there, so there are no weights to load");
    }
    QUIRE_TRY(checkpoint.add(kSingle));
    return checkpoint;
  }

  const Result<WeightMap> weights = read_index(index);
  if (!weights) return weights.status();
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : *weights) shards.insert(shard);
  if (shards.size() > kMaxShards) {
    return over_limit(index + ": names " + std::to_string(shards.size()) +
                      " shards; the limit is " + std::to_string(kMaxShards));
  }
  checkpoint.shards_.reserve(shards.size());
  for (const std::string& shard : shards) {
    if (!fs::exists(folder / shard, error)) {
      return not_found((folder / shard).string() + ": named by " + kIndex +
                       " but not there; copy it into the folder or fetch it again");
    }
    QUIRE_TRY(checkpoint.add(shard));
  }
  for (const auto& [tensor, shard] : *weights) {
    if (!checkpoint.contains(tensor)) {
      return not_found((folder / shard).string() + ": tensor \"" + tensor + "\" is promised by " +
                       kIndex + " but not there; index and shard do not belong together");
    }
  }
  return checkpoint;
}

Status Checkpoint::add(const std::string& shard) {
  const std::string path = (fs::path(directory_) / shard).string();
  Result<SafetensorsFile> file = SafetensorsFile::open(path);
  if (!file) return file.status();
  for (const std::string& name : file->names()) {
    if (!tensors_.emplace(name, *file->find(name)).second) {
      return invalid("it is in another shard as well").at("tensor \"" + name + "\"").at(path);
    }
    names_.push_back(name);
  }
  shards_.push_back(*std::move(file));
  return {};
}

Result<TensorView> Checkpoint::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  std::string message = directory_ + ": there is no tensor \"" + std::string(name) + "\"";
  const std::string* nearest = nullptr;
  std::size_t best = 1 + name.size() / 4;  // further away than that is no help
  for (const std::string& candidate : names_) {
    const std::size_t gap = candidate.size() > name.size() ? candidate.size() - name.size()
                                                           : name.size() - candidate.size();
    if (gap >= best) continue;
    if (const std::size_t d = distance(name, candidate); d < best) {
      best = d;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) message += " (the nearest name is \"" + *nearest + "\")";
  return not_found(message + "; these weights may belong to another model");
}

}  // namespace quire
