#include "serve/job_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/file.h"
#include "format/json.h"
#include "serve/chat_answer.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIdDigits = 32;

bool is_id(std::string_view text) {
  return text.size() == kIdDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Names in a folder are on the disk only when the folder is.
Status sync_folder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!synced) return io_error("the folder of the jobs cannot be written to the disk");
  return {};
}

// What readers go by: the pile tells PDFs and pictures by their bytes, its manifest by the ending.
std::string_view ending_of(std::string_view bytes) {
  if (bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos) return ".pdf";
  if (bytes.starts_with("\x89PNG")) return ".png";
  if (bytes.starts_with("\xFF\xD8")) return ".jpg";
  if (bytes.starts_with("RIFF")) return ".webp";
  return ".tiff";
}

Result<Job> load(const fs::path& folder) {
  const auto json = read_json((folder / "job.json").string());
  if (!json) return not_found("there is no such job");
  Job job;
  job.id = folder.filename().string();
  job.folder = folder.string();
  const auto document = get_string(*json, "document");
  const auto name = get_string(*json, "name");
  const auto task = get_string(*json, "task");
  const auto mode = get_string(*json, "mode");
  const auto prompt = get_string(*json, "prompt");
  const auto whole_page = get_bool(*json, "whole_page");
  const auto max_tokens = get_int(*json, "max_tokens"), retries = get_int(*json, "retries");
  const auto created = get_int(*json, "created");
  if (!document || !name || !task || !mode || !prompt || !whole_page || !max_tokens || !retries ||
      !created) {
    return internal("job " + job.id + ": its job.json is damaged");
  }
  job.document = (folder / *document).string();
  job.order = {*name, *task, *mode, *prompt, *whole_page, *max_tokens, *retries};
  job.created = *created;
  job.state = "queued";
  if (const auto end = read_json((folder / "end.json").string())) {
    job.state = get_string(*end, "state").ok() ? *get_string(*end, "state") : "failed";
    job.problem = get_string(*end, "problem", "").ok() ? *get_string(*end, "problem", "") : "";
  }
  return job;
}

std::string text_of(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<JobStore> JobStore::open(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return io_error(folder + ": cannot be made: " + error.message());
  if (::access(folder.c_str(), W_OK) != 0) return io_error(folder + ": cannot be written");
  // What was being made or removed when the process ended.
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with('.')) fs::remove_all(entry.path(), ignored);
  }
  return JobStore(folder);
}

Result<Job> JobStore::add(const JobOrder& order, std::string_view document) {
  const std::string id = random_id("");
  const fs::path made = fs::path(folder_) / ("." + id), place = fs::path(folder_) / id;
  const std::string file = "document" + std::string(ending_of(document));
  const auto created = std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
  std::error_code error;
  fs::create_directory(made, error);
  if (error) return io_error("there is no place for the job on the server's disk");
  QUIRE_TRY(write_file((made / file).string(), document));
  QUIRE_TRY(write_file((made / "job.json").string(), text_of({{"document", file},
                                                              {"name", order.name},
                                                              {"task", order.task},
                                                              {"mode", order.mode},
                                                              {"prompt", order.prompt},
                                                              {"whole_page", order.whole_page},
                                                              {"max_tokens", order.max_tokens},
                                                              {"retries", order.retries},
                                                              {"created", created}})));
  QUIRE_TRY(sync_folder(made));
  fs::rename(made, place, error);
  if (error) return io_error("there is no place for the job on the server's disk");
  QUIRE_TRY(sync_folder(folder_));
  return load(place);
}

Result<Job> JobStore::find(std::string_view id) const {
  if (!is_id(id)) return not_found("there is no such job");
  return load(fs::path(folder_) / id);
}

std::vector<Job> JobStore::all() const {
  std::vector<Job> jobs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (!is_id(entry.path().filename().string())) continue;
    if (auto job = load(entry.path())) jobs.push_back(*std::move(job));
  }
  std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) {
    return std::tie(a.created, a.id) < std::tie(b.created, b.id);
  });
  return jobs;
}

Status JobStore::end(const Job& job, std::string_view state, std::string_view problem) {
  return write_file((fs::path(job.folder) / "end.json").string(),
                    text_of({{"state", state}, {"problem", problem}}));
}

Status JobStore::remove(std::string_view id) {
  const auto job = find(id);
  QUIRE_TRY(job);
  const fs::path gone = fs::path(folder_) / ("." + std::string(id));
  std::error_code error;
  fs::rename(job->folder, gone, error);
  if (error) return io_error("the job cannot be removed");
  QUIRE_TRY(sync_folder(folder_));
  fs::remove_all(gone, error);
  return {};
}

}  // namespace quire
