#include "batch/pile_sums.h"

#include <cmath>

namespace quire {

PileProgress pile_progress(const std::vector<Document>& documents, const Shard& shard,
                           const PileLog& log) {
  PileProgress now;
  const Round& round = log.round();
  std::int64_t known = 0, counted = 0, counted_pages = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (!shard.takes(i)) continue;
    ++known;
    const DocumentEntry& entry = log.entry(documents[i]);
    if (!entry.counted()) continue;
    ++counted;
    now.documents += entry.written() ? 1 : 0;
    for (const PageEntry& page : entry.pages) {
      const bool ended = page.ended() && page.round == round.number;
      counted_pages += ended || round.wants(entry, page) ? 1 : 0;
      if (!ended) continue;
      ++now.pages;
      now.failed += is_read(page.status) ? 0 : 1;
    }
  }
  const double mean = counted > 0 ? static_cast<double>(counted_pages) / counted : 1;
  const auto unopened = round.number == 0 ? static_cast<double>(known - counted) : 0;
  now.expected = counted_pages + std::llround(mean * unopened);
  return now;
}

PileSummary pile_summary(const std::vector<Document>& documents, const Shard& shard,
                         const PileLog& log) {
  PileSummary sum;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (!shard.takes(i)) continue;
    ++sum.documents;
    const DocumentEntry& entry = log.entry(documents[i]);
    sum.unread += entry.counted() ? 0 : 1;
    for (const PageEntry& page : entry.pages) {
      if (!page.ended()) {
        ++sum.unread;
        continue;
      }
      ++sum.pages;
      ++sum.statuses[static_cast<std::size_t>(page.status)];
      sum.from_layer += page.from_layer ? 1 : 0;
      sum.compared += page.agreement >= 0 ? 1 : 0;
      sum.differ += page.agreement >= 0 && page.agreement < 1 ? 1 : 0;
    }
  }
  return sum;
}

bool PileSummary::all_read() const {
  std::int64_t read = 0;
  for (std::size_t i = 0; i < kPageStatuses; ++i) {
    if (is_read(static_cast<PageStatus>(i))) read += statuses[i];
  }
  return read == pages && unread == 0 && unwritten == 0 && !stopped;
}

}  // namespace quire
