// Any bytes as a journal: every line is a record or is named as damaged, what was read can be read
// again, and a ledger takes it in. Each input counts twice, as it is and with right checksums, for
// behind a wrong one nothing else is looked at.
#include <stdlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/file.h"
#include "batch/ledger.h"
#include "batch/page_content.h"
#include "format/checksum.h"

namespace {

using namespace quire;

const std::string& folder() {
  static const std::string made = [] {
    std::string name = (std::filesystem::temp_directory_path() / "quire-fuzz-XXXXXX").string();
    QUIRE_CHECK(::mkdtemp(name.data()) != nullptr);
    std::atexit([] { std::filesystem::remove_all(folder()); });
    return name;
  }();
  return made;
}

std::string with_checksums(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    const std::string_view body = line.substr(0, std::min(line.rfind(",\"crc\""), line.size()));
    char crc[9];
    std::snprintf(crc, sizeof crc, "%08x", crc32(as_bytes(body)));
    out.append(body).append(",\"crc\":\"").append(crc).append("\"}\n");
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return out;
}

// A document may have a million pages, which take 60 MB in a ledger: true, and known.
bool is_small(const Json& record) {
  const auto page = get_int(record, "page", 0), pages = get_int(record, "pages", 0);
  return (!page || *page < 10'000) && (!pages || *pages < 10'000);
}

void look_at(std::string_view bytes) {
  const std::string path = folder() + "/a.jsonl";
  QUIRE_CHECK(write_file(path, bytes).ok());
  std::size_t records = 0;
  std::uint64_t end = 0;
  bool small = true;
  const auto reading = read_journal(path, 0, [&](const Json& record, const JournalSpan& where) {
    QUIRE_CHECK(where.offset >= end);
    end = where.offset + where.length + 1;
    ++records;
    QUIRE_CHECK(read_journal_record(path, where).ok());
    small = small && is_small(record);
    if (const Json* content = find_key(record, "content")) (void)kept_page(*content);
  });
  QUIRE_CHECK(reading.ok());
  QUIRE_CHECK(reading->end >= end && reading->end <= bytes.size());
  QUIRE_CHECK(reading->torn == (reading->end < bytes.size()));
  const auto lines = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  QUIRE_CHECK(records + reading->damages.size() == lines);
  if (!small) return;
  Ledger ledger(folder());
  QUIRE_CHECK(ledger.refresh().ok());
  for (const auto& [id, document] : ledger.documents()) {
    for (const PageEntry& page : document.pages) {
      if (page.ended()) QUIRE_CHECK(ledger.record(page).ok());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = as_text({data, size});
  look_at(bytes);
  look_at(with_checksums(bytes));
  return 0;
}
