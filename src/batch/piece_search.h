// Which pages this worker reads next. It goes through the documents of its shard, claims pieces of
// kPiecePages pages of them so that no other worker reads the same, opens what it has to, and says
// which documents have all their pages but not their outputs.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "batch/claim.h"
#include "batch/manifest.h"
#include "batch/page_source.h"
#include "batch/page_work.h"
#include "batch/pile.h"
#include "batch/pile_log.h"

namespace quire {

// All calls under one mutex, that of `lock`, and only one thread at a time in next().
class PieceSearch {
 public:
  PieceSearch(const std::vector<Document>& documents, const OpenDocument& open,
              const PileOptions& options, PileLog& log, std::unique_ptr<Claims> claims);

  struct Found {
    std::deque<PageTask> pages;
    std::optional<std::size_t> unwritten;  // a document whose outputs the caller writes now
  };
  // Nothing found: the end of the documents, or the options said to stop. The lock is let go while
  // a document is opened.
  Found next(std::unique_lock<std::mutex>& lock);

  bool at_end() const { return at_ == documents_.size(); }
  // On the way here there were pieces that other workers have: it may be worth to start over.
  bool others_at_work() const { return taken_; }
  void start_over();

  // Whether the outputs of a document are now to be written, by the caller: true once, after its
  // last page.
  bool take_writing(std::size_t document);

 private:
  std::deque<PageTask> take_piece(std::unique_lock<std::mutex>& lock, const Document& document,
                                  int piece);
  std::vector<int> wanted_pages(const Document& document, int piece) const;
  PageTask make_task(int page, const Result<std::shared_ptr<const PageSource>>& source) const;
  bool outputs_there(const Document& document) const;
  bool stopping() const { return options_.stop != nullptr && *options_.stop; }

  const std::vector<Document>& documents_;
  const OpenDocument& open_;
  const PileOptions& options_;
  PileLog& log_;
  std::unique_ptr<Claims> claims_;
  std::set<std::string> mine_;  // pieces claimed by this process
  std::vector<bool> written_;   // or somebody of this process does it
  std::size_t at_ = 0;          // the document that is looked at
  bool taken_ = false;
};

}  // namespace quire
