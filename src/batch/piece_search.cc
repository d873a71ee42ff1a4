#include "batch/piece_search.h"

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"
#include "format/checksum.h"

namespace quire {
namespace {

int pieces_of(std::size_t pages) {
  return (static_cast<int>(pages) + kPiecePages - 1) / kPiecePages;
}

std::string piece_name(const Document& document, int piece) {
  const std::string id = document.key + "\n" + document.stamp;
  return sha256_hex(as_bytes(id)).substr(0, 20) + "-" + std::to_string(piece);
}

// Opened, and with a number of pages that can be kept.
Result<std::shared_ptr<const PageSource>> open_checked(const OpenDocument& open,
                                                       const std::string& path) {
  Result<std::shared_ptr<const PageSource>> source = open(path);
  if (source && ((*source)->pages() < 1 || (*source)->pages() > kMaxPages)) {
    return over_limit(path + ": has " + std::to_string((*source)->pages()) + " pages; from 1 to " +
                      std::to_string(kMaxPages) + " can be read");
  }
  return source;
}

}  // namespace

PieceSearch::PieceSearch(const std::vector<Document>& documents, const OpenDocument& open,
                         const PileOptions& options, PileLog& log, std::unique_ptr<Claims> claims)
    : documents_(documents),
      open_(open),
      options_(options),
      log_(log),
      claims_(std::move(claims)),
      written_(documents.size(), false) {}

void PieceSearch::start_over() {
  at_ = 0;
  taken_ = false;
}

PieceSearch::Found PieceSearch::next(std::unique_lock<std::mutex>& lock) {
  for (; !at_end() && log_.failure().ok() && !stopping(); ++at_) {
    if (!options_.shard.takes(at_) || written_[at_]) continue;
    const Document& document = documents_[at_];
    const DocumentEntry& entry = log_.entry(document);
    if (!log_.wants_any(document)) {
      const bool there = entry.written() && outputs_there(document);
      if (!there && take_writing(at_)) return {{}, at_};
      continue;
    }
    const int pieces = entry.counted() ? pieces_of(entry.pages.size()) : 1;
    for (int piece = 0; piece < pieces && log_.failure().ok(); ++piece) {
      std::deque<PageTask> tasks = take_piece(lock, document, piece);
      // There may be more in this document: it is looked at once more.
      if (!tasks.empty()) return {std::move(tasks), {}};
    }
  }
  return {};
}

bool PieceSearch::take_writing(std::size_t document) {
  if (written_[document] || log_.wants_any(documents_[document]) ||
      !log_.entry(documents_[document]).ended()) {
    return false;
  }
  written_[document] = true;
  return true;
}

std::deque<PageTask> PieceSearch::take_piece(std::unique_lock<std::mutex>& lock,
                                             const Document& document, int piece) {
  const std::string name = piece_name(document, piece);
  const auto done = [&] {
    return log_.entry(document).counted() && wanted_pages(document, piece).empty();
  };
  if (mine_.count(name) > 0 || done()) return {};
  const Result<Claims::Outcome> claim = claims_->claim(name);
  if (!claim) {
    log_.note(claim.status());
    return {};
  }
  if (*claim == Claims::Outcome::kTaken) {
    taken_ = true;
    return {};
  }
  mine_.insert(name);
  // Its holder before us may have got on since we last looked.
  log_.refresh();
  if (done()) return {};

  lock.unlock();
  const Result<std::shared_ptr<const PageSource>> source = open_checked(open_, document.path);
  lock.lock();
  // Of a document that cannot be opened nobody knows its pages: it counts as one. When it is opened
  // again and can be, they come to light.
  const int pages = source ? (*source)->pages() : 1;
  const DocumentEntry& entry = log_.entry(document);
  if (!entry.counted() || static_cast<std::size_t>(pages) > entry.pages.size()) {
    log_.counted(document, pages);
  }
  std::deque<PageTask> tasks;
  for (const int page : wanted_pages(document, piece)) tasks.push_back(make_task(page, source));
  return tasks;
}

std::vector<int> PieceSearch::wanted_pages(const Document& document, int piece) const {
  std::vector<int> wanted;
  const int first = piece * kPiecePages + 1;
  const int all = static_cast<int>(log_.entry(document).pages.size());
  for (int page = first; page <= std::min(first + kPiecePages - 1, all); ++page) {
    if (log_.wants(document, page)) wanted.push_back(page);
  }
  return wanted;
}

PageTask PieceSearch::make_task(int page,
                                const Result<std::shared_ptr<const PageSource>>& source) const {
  PageTask task;
  task.document = at_;
  task.page = page;
  if (source) {
    task.source = *source;
  } else {
    task.failure = source.status().message();
    if (source.status().code() == Code::kTimeout) task.failed_as = PageStatus::kTimeout;
  }
  const Document& document = documents_[at_];
  PageEntry entry = log_.ledger().page(document.key, document.stamp, page);
  task.again = log_.round().number > 0;
  if (entry.tried_in < log_.round().number) entry.begun = entry.crashed = 0;
  task.alone = entry.begun > 0;
  if (entry.crashed >= kMaxCrashes || entry.begun >= kMaxDeaths) {
    const int times = entry.crashed >= kMaxCrashes ? entry.crashed : entry.begun;
    task.source = nullptr;
    task.failed_as = PageStatus::kError;
    task.failure = "the program died " + std::to_string(times) +
                   " times while it read this page, so it is left out; please report it";
  }
  return task;
}

bool PieceSearch::outputs_there(const Document& document) const {
  return std::all_of(
      options_.formats.begin(), options_.formats.end(), [&](const OutputFormat& format) {
        std::error_code error;
        return std::filesystem::exists(output_path(options_.folder, document, format), error);
      });
}

}  // namespace quire
