// All journals of a folder added up: which pages have ended, how, and where their records are. Page
// contents stay on the disk, so that a ledger takes some 70 bytes a page.
//
// Of several records of one page that of the latest round stands (batch/round.h). Two workers may
// both have read a page in one round (a lease ran out and its holder lived): then the better status
// stands, of equals the one in the journal whose name comes first. So what stands does not depend
// on the order in which journals are read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "batch/journal.h"
#include "batch/page_record.h"

namespace quire {

struct PageEntry {
  JournalSpan where;
  std::int64_t tokens = 0;
  double time = 0;  // of its end, seconds since 1970
  float seconds = 0;
  float agreement = -1;        // with the text layer; -1: not compared
  std::int32_t journal = -1;   // -1: the page has not ended
  std::uint16_t round = 0;     // of the record that stands
  std::uint16_t tried_in = 0;  // the latest round in which it was begun, and in that round:
  std::uint16_t begun = 0;     // how often, by all workers together
  std::uint16_t crashed = 0;   // how often a worker crashed while it was being read
  std::uint8_t tries = 0;
  bool from_layer = false;
  PageStatus status = PageStatus::kError;

  bool ended() const { return journal >= 0; }
};

struct DocumentEntry {
  std::vector<PageEntry> pages;  // all of them when counted, else those that were heard of
  int counted_in = -1;           // the round in which its pages were counted last; -1: not yet
  // Its outputs were written when the rounds of its pages added up to this; -1: not yet. Reading a
  // page again makes the sum larger.
  std::int64_t written_at = -1;

  bool counted() const { return counted_in >= 0; }
  bool ended() const;  // counted, and every page has ended
  std::int64_t rounds() const;
  bool written() const { return written_at >= rounds(); }
};

struct JournalEntry {
  std::string path;
  std::uint64_t end = 0;  // read up to here
  std::string worker, settings;
  int round = 0;                         // in which its worker was, to read pages again
  PageStatusSet again;                   // that had these statuses
  double first_time = 0, last_time = 0;  // seconds since 1970
  std::int64_t pages = 0;                // records of ended pages
};

// One thread at a time.
class Ledger {
 public:
  explicit Ledger(std::string folder) : folder_(std::move(folder)) {}

  // Takes in what is new in the folder. Errors: it cannot be read.
  Status refresh();

  // Empty where nothing is known.
  const DocumentEntry& document(std::string_view key, std::string_view stamp) const;
  PageEntry page(std::string_view key, std::string_view stamp, int page) const;
  // The whole record of a page that has ended.
  Result<Json> record(const PageEntry& page) const;

  // By key and stamp.
  struct Id {
    std::string key, stamp;
    auto operator<=>(const Id&) const = default;
  };
  const std::map<Id, DocumentEntry>& documents() const { return documents_; }
  const std::vector<JournalEntry>& journals() const { return journals_; }
  // Records of pages that had one already in the same round.
  std::int64_t read_twice() const { return read_twice_; }
  // Sentences about damaged records, those of the last refresh() at the end.
  const std::vector<std::string>& damages() const { return damages_; }

 private:
  void take(std::int32_t journal, const Json& record, const JournalSpan& where);
  Status take_page(std::int32_t journal, const Json& record, const JournalSpan& where);
  Status take_other(JournalEntry& journal, const std::string& kind, const Json& record);
  static Status take_again(JournalEntry& journal, const Json& record);
  PageEntry& entry(const Id& id, int page);

  std::string folder_;
  std::vector<JournalEntry> journals_;
  std::map<Id, DocumentEntry> documents_;
  std::vector<std::string> damages_;
  std::int64_t read_twice_ = 0;
};

}  // namespace quire
