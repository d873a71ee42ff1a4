#include "batch/manifest.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <unordered_set>

#include "base/bytes.h"
#include "base/file.h"
#include "document/figures.h"
#include "format/checksum.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> kEndings = {".pdf", ".png",  ".jpg",  ".jpeg",
                                                      ".tif", ".tiff", ".webp", ".jfif"};
constexpr std::size_t kListLimit = 1'000'000'000;  // bytes
// File systems take 255 bytes; endings, and those of temporary files, come behind the name.
constexpr std::size_t kLongestName = 200;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

bool is_document(const fs::path& path) {
  return std::find(kEndings.begin(), kEndings.end(), lower(path.extension().string())) !=
         kEndings.end();
}

std::vector<std::string> split_list(const std::string& bytes) {
  const char divider = bytes.find('\0') != std::string::npos ? '\0' : '\n';
  std::vector<std::string> entries;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find(divider, at), bytes.size());
    std::string entry = bytes.substr(at, end - at);
    if (divider == '\n' && entry.ends_with('\r')) entry.pop_back();
    if (!entry.empty()) entries.push_back(std::move(entry));
    at = end + 1;
  }
  return entries;
}

// One document, without links and dots in its path where the disk can tell.
std::string identity(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? fs::absolute(path).lexically_normal().string() : real.string();
}

std::string stamp_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "absent";
  return std::to_string(info.st_size) + "-" + std::to_string(info.st_mtim.tv_sec) + "." +
         std::to_string(info.st_mtim.tv_nsec);
}

class Gathering {
 public:
  explicit Gathering(const ManifestRequest& request) {
    if (!request.leave_out.empty()) leave_out_ = identity(request.leave_out);
  }

  Status add(const std::string& argument) {
    std::error_code error;
    const fs::file_status what = fs::status(argument, error);
    if (!fs::is_directory(what) && !fs::exists(what) &&
        argument.find_first_of("*?[") != std::string::npos) {
      return add_pattern(argument);
    }
    return add_named(argument);
  }

  // As it is written, with no pattern in it.
  Status add_named(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return add_folder(path);
    take(path);
    return {};
  }

  Result<Manifest> finish() {
    if (paths_.empty()) return invalid("there is no document to read");
    for (const auto& [ending, count] : strangers_) {
      manifest_.remarks.push_back(std::to_string(count) + " files '" + ending +
                                  "' are no documents by their ending and were left out");
    }
    if (hidden_ > 0) {
      manifest_.remarks.push_back(std::to_string(hidden_) +
                                  " hidden files and folders were left out");
    }
    if (linked_folders_ > 0) {
      manifest_.remarks.push_back(std::to_string(linked_folders_) +
                                  " links to folders were not followed");
    }
    name_documents();
    return std::move(manifest_);
  }

 private:
  Status add_folder(const std::string& folder) {
    std::vector<std::string> found;
    std::error_code error;
    fs::recursive_directory_iterator walk(folder, error), end;
    if (error) return io_error(folder + ": cannot be opened: " + error.message());
    while (walk != end) {
      const fs::path path = walk->path();
      std::error_code unknown;
      const bool is_folder = walk->is_directory(unknown);
      bool enter = is_folder;
      if (is_folder && identity(path) == leave_out_) {
        enter = false;
      } else if (path.filename().string().starts_with('.')) {
        ++hidden_;
        enter = false;
      } else if (is_folder && walk->is_symlink(unknown)) {
        ++linked_folders_;
      } else if (is_folder ? ::access(path.c_str(), R_OK | X_OK) != 0 : is_document(path)) {
        found.push_back(path.string());
        enter = false;
      } else if (!is_folder) {
        ++strangers_[path.extension().string()];
      }
      if (!enter) walk.disable_recursion_pending();
      walk.increment(error);
      if (error) return io_error(folder + ": cannot be walked through: " + error.message());
    }
    if (found.empty()) manifest_.remarks.push_back(folder + ": there is no document in it");
    std::sort(found.begin(), found.end());
    for (const std::string& path : found) take(path);
    return {};
  }

  Status add_pattern(const std::string& pattern) {
    glob_t matches{};
    const int failed = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches);
    std::vector<std::string> found(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    ::globfree(&matches);
    if (failed != 0) return not_found(pattern + ": there is no file like this");
    std::sort(found.begin(), found.end());
    for (const std::string& path : found) QUIRE_TRY(add_named(path));
    return {};
  }

  void take(const std::string& path) {
    if (taken_.insert(identity(path)).second) {
      paths_.push_back(path);
    } else {
      manifest_.remarks.push_back(path + ": is in the pile already and is read once");
    }
  }

  void name_documents() {
    std::vector<fs::path> whole;
    for (const std::string& path : paths_) whole.push_back(fs::absolute(path).lexically_normal());
    fs::path shared = whole[0].parent_path();
    for (const fs::path& path : whole) {
      const auto differ =
          std::mismatch(shared.begin(), shared.end(), path.begin(), path.end()).first;
      fs::path common;
      for (auto part = shared.begin(); part != differ; ++part) common /= *part;
      shared = std::move(common);
    }
    std::map<std::string, int> wanted;  // by how many, as a stem or as a whole name
    std::vector<fs::path> below;
    for (const fs::path& path : whole) {
      below.push_back(path.lexically_relative(shared));
      ++wanted[below.back().string()];
      if (path.has_extension()) ++wanted[(below.back().parent_path() / path.stem()).string()];
    }
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const fs::path stem = below[i].parent_path() / below[i].stem();
      const fs::path& name = wanted[stem.string()] == 1 ? stem : below[i];
      manifest_.documents.push_back(
          {paths_[i], percent_encoded(below[i].string()),
           (name.parent_path() / shortened(name.filename().string())).string(),
           stamp_of(paths_[i])});
    }
  }

  static std::string shortened(const std::string& name) {
    if (name.size() <= kLongestName) return name;
    std::size_t cut = kLongestName - 9;
    while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80) --cut;
    char mark[16];
    std::snprintf(mark, sizeof mark, "-%08x", crc32(as_bytes(name)));
    return name.substr(0, cut) + mark;
  }

  std::string leave_out_;
  Manifest manifest_;
  std::vector<std::string> paths_;
  std::unordered_set<std::string> taken_;
  std::map<std::string, int> strangers_;  // by ending
  int hidden_ = 0, linked_folders_ = 0;
};

}  // namespace

Result<Manifest> make_manifest(const ManifestRequest& request) {
  Gathering gathering(request);
  for (const std::string& argument : request.arguments) QUIRE_TRY(gathering.add(argument));
  if (!request.list.empty()) {
    const Result<std::string> bytes = read_file(request.list, kListLimit);
    QUIRE_TRY(bytes);
    for (const std::string& entry : split_list(*bytes)) QUIRE_TRY(gathering.add_named(entry));
  }
  return gathering.finish();
}

}  // namespace quire
