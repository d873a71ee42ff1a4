// What is known about a pile and what this process adds to it: the ledger of all journals, the own
// journal, and the marks of pages that are being read. Whatever is said here is in the ledger when
// the call returns.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "batch/crash_mark.h"
#include "batch/journal.h"
#include "batch/ledger.h"
#include "batch/manifest.h"
#include "batch/page_work.h"
#include "batch/pile.h"
#include "batch/round.h"

namespace quire {

// FOLDER/.quire/unfinished: files on their way. What is left in it when a worker is killed is
// nobody's.
std::string scratch_folder(const std::string& folder);

// One thread at a time, but for end_mark().
class PileLog {
 public:
  // Begins a journal for `worker` in the options' folder. Errors: a folder that cannot be used, one
  // with a pile read with other settings, nothing to read again.
  static Result<std::unique_ptr<PileLog>> open(const PileOptions& options,
                                               const std::vector<Document>& documents,
                                               const std::string& worker);

  const Round& round() const { return round_; }
  const Ledger& ledger() const { return ledger_; }
  const DocumentEntry& entry(const Document& document) const {
    return ledger_.document(document.key, document.stamp);
  }
  bool wants(const Document& document, int page) const;
  bool wants_any(const Document& document) const { return round_.wants_any(entry(document)); }

  void refresh() { note(ledger_.refresh()); }
  void counted(const Document& document, int pages);
  // The page is being read in this slot until end_mark().
  void begin(const Document& document, int page, int slot);
  void end_mark(int slot) { marks_.set(slot, ""); }
  void ended(EndedPage page);
  void written(const Document& document);

  // The first thing that ends the whole run: a disk that takes no more.
  const Status& failure() const { return failure_; }
  void note(const Status& status) {
    if (failure_.ok() && !status.ok()) failure_ = status;
  }

 private:
  PileLog(JournalWriter journal, Ledger ledger, const Round& round);
  void append(nlohmann::ordered_json record, JournalWriter::Durable durable);
  nlohmann::ordered_json about(const char* kind, const Document& document) const;

  const Round round_;
  JournalWriter journal_;
  Ledger ledger_;
  CrashMarks marks_;
  Status failure_;
};

}  // namespace quire
