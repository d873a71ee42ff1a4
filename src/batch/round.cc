#include "batch/round.h"

#include <algorithm>

namespace quire {
namespace {

// The journal that was first to be in a round; null when there is none.
const JournalEntry* first_of(const Ledger& ledger, int round) {
  const JournalEntry* first = nullptr;
  for (const JournalEntry& journal : ledger.journals()) {
    if (journal.settings.empty() || journal.round != round) continue;
    if (first == nullptr || journal.path < first->path) first = &journal;
  }
  return first;
}

int latest_round(const Ledger& ledger) {
  int latest = 0;
  for (const JournalEntry& journal : ledger.journals()) latest = std::max(latest, journal.round);
  return latest;
}

}  // namespace

bool Round::wants(const DocumentEntry& document, const PageEntry& page) const {
  if (number == 0) return !page.ended();
  // Pages that came to light when the document was opened again.
  if (!page.ended()) return document.counted_in == number;
  return page.round < number && statuses[static_cast<std::size_t>(page.status)];
}

bool Round::wants_any(const DocumentEntry& document) const {
  if (!document.counted()) return number == 0;
  return std::any_of(document.pages.begin(), document.pages.end(),
                     [&](const PageEntry& page) { return wants(document, page); });
}

Result<Round> choose_round(const Ledger& ledger, const std::vector<Document>& documents,
                           const std::string& settings, PageStatusSet again) {
  const JournalEntry* begun = first_of(ledger, 0);
  if (again.none()) {
    if (begun == nullptr || begun->settings == settings) return Round{};
    return invalid("the pile was read with other settings (" + begun->settings + ", now " +
                   settings + "); name another folder, or remove its .quire");
  }
  if (begun == nullptr) return not_found("no page has been read yet that could be read again");
  const Round latest{latest_round(ledger), again};
  const JournalEntry* journal = first_of(ledger, latest.number);
  const bool same = latest.number > 0 && journal->again == again && journal->settings == settings;
  if (same && std::any_of(documents.begin(), documents.end(), [&](const Document& document) {
        return latest.wants_any(ledger.document(document.key, document.stamp));
      })) {
    return latest;
  }
  return Round{latest.number + 1, again};
}

Status agree_on(const Round& round, const Ledger& ledger, const std::string& settings) {
  const JournalEntry* first = first_of(ledger, round.number);
  if (first == nullptr || (first->settings == settings && first->again == round.statuses))
    return {};
  return invalid("another command has just begun to read pages again; try once it has ended");
}

}  // namespace quire
