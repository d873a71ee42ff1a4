#include "format/gguf_pair.h"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace quire {
namespace {

namespace fs = std::filesystem;

bool is_vision_name(const std::string& name) { return name.find("mmproj") != std::string::npos; }

// The *.gguf of a folder by name, those of vision files or the others.
std::vector<std::string> list_gguf(const fs::path& folder, bool vision) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".gguf") && is_vision_name(name) == vision) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

Result<std::string> find_language(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (fs::exists(path, error)) return path;
    return not_found(path + ": there is no such file");
  }
  const auto names = list_gguf(path, false);
  if (names.size() == 1) return (fs::path(path) / names[0]).string();
  if (names.empty()) {
    return not_found(path + ": no language file is there, only " + joined(list_gguf(path, true)) +
                     "; put the other half of the pair beside it");
  }
  return invalid(path + ": holds several language files (" + joined(names) +
                 "); name the one you mean");
}

Result<std::string> find_vision(const std::string& language) {
  std::error_code error;
  const std::string own = vision_path_beside(language);
  if (fs::exists(own, error)) return own;
  const fs::path folder = folder_of(language);
  const auto names = list_gguf(folder, true);
  if (names.size() == 1) return (folder / names[0]).string();
  if (names.empty()) {
    return not_found(language + ": this is the language half of a pair, and the vision half is " +
                     "missing; put its mmproj-*.gguf into the same folder");
  }
  return invalid(language + ": several vision files are beside it (" + joined(names) +
                 "); name the one that belongs to it " + fs::path(own).filename().string());
}

// `other` is what to do when the file is of the other half.
Result<GgufFile> open_half(const std::string& path, const std::string& wanted,
                           const std::string& other) {
  Result<GgufFile> file = GgufFile::open(path);
  QUIRE_TRY(file);
  const auto architecture = file->get_string("general.architecture");
  if (!architecture) return architecture.status().at(path);
  if (*architecture == wanted) {
    const auto parts = file->get_int("split.count", 1);
    if (!parts) return parts.status().at(path);
    if (*parts <= 1) return file;
    return unsupported(path + ": one of " + std::to_string(*parts) +
                       " parts; join them first (llama-gguf-split --merge)");
  }
  if (*architecture == kLanguageArchitecture || *architecture == kVisionArchitecture) {
    return invalid(path + ": " + other);
  }
  return unsupported(path + ": holds a model of the architecture '" + architecture->substr(0, 80) +
                     "'; Quire runs '" + kLanguageArchitecture + "' with its '" +
                     kVisionArchitecture + "' file");
}

}  // namespace

bool is_gguf_model(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return fs::is_regular_file(path, error) || path.ends_with(".gguf");
  }
  if (fs::exists(fs::path(path) / "config.json", error)) return false;
  return !list_gguf(path, false).empty() || !list_gguf(path, true).empty();
}

std::string vision_path_beside(const std::string& language) {
  const fs::path path(language);
  return (path.parent_path() / ("mmproj-" + path.filename().string())).string();
}

Result<GgufPairPaths> find_gguf_pair(const std::string& path) {
  GgufPairPaths paths;
  const auto language = find_language(path);
  QUIRE_TRY(language);
  paths.language = *language;
  const auto vision = find_vision(paths.language);
  QUIRE_TRY(vision);
  paths.vision = *vision;
  return paths;
}

Result<GgufFile> open_language_file(const std::string& path) {
  const auto language = find_language(path);
  QUIRE_TRY(language);
  return open_half(
      *language, kLanguageArchitecture,
      "this is the vision half of a pair (mmproj); name the language file, it is found "
      "by itself beside it");
}

Result<GgufPair> GgufPair::open(const std::string& path) {
  GgufPair pair;
  // The language file first: what is wrong with it explains more than a vision file not found.
  Result<GgufFile> language = open_language_file(path);
  QUIRE_TRY(language);
  const auto paths = find_gguf_pair(path);
  QUIRE_TRY(paths);
  Result<GgufFile> vision = open_half(paths->vision, kVisionArchitecture,
                                      "is named like the vision half of a pair (mmproj) but holds "
                                      "a language model");
  QUIRE_TRY(vision);
  pair.paths = *paths;
  pair.language = *std::move(language);
  pair.vision = *std::move(vision);
  return pair;
}

}  // namespace quire
