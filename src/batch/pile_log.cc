#include "batch/pile_log.h"

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace quire {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;
using Durable = JournalWriter::Durable;

double unix_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

OrderedJson run_record(const std::string& worker, const std::string& settings, const Round& round) {
  OrderedJson record = {
      {"kind", "run"}, {"version", 1}, {"worker", worker}, {"settings", settings}};
  if (round.number > 0) {
    record["round"] = round.number;
    auto& again = record["again"] = OrderedJson::array();
    for (std::size_t i = 0; i < kPageStatuses; ++i) {
      if (round.statuses[i]) again.push_back(kPageStatusNames[i]);
    }
  }
  record["time"] = unix_seconds();
  return record;
}

}  // namespace

std::string scratch_folder(const std::string& folder) {
  return (fs::path(folder) / ".quire" / "unfinished").string();
}

std::string journal_folder(const std::string& folder) {
  return (fs::path(folder) / ".quire" / "journal").string();
}

PileLog::PileLog(JournalWriter journal, Ledger ledger, const Round& round)
    : round_(round),
      journal_(std::move(journal)),
      ledger_(std::move(ledger)),
      marks_(journal_.descriptor()) {}

Result<std::unique_ptr<PileLog>> PileLog::open(const PileOptions& options,
                                               const std::vector<Document>& documents,
                                               const std::string& worker) {
  const std::string journals = journal_folder(options.folder);
  std::error_code error;
  for (const std::string& needed : {journals, scratch_folder(options.folder)}) {
    fs::create_directories(needed, error);
    if (error) return io_error(needed + ": cannot be made: " + error.message());
  }
  Ledger ledger(journals);
  QUIRE_TRY(ledger.refresh());
  const Result<Round> round = choose_round(ledger, documents, options.settings, options.again);
  if (!round) return round.status().at(options.folder);
  for (const std::string& damage : ledger.damages()) {
    if (options.on_problem) options.on_problem(damage + "; what it said is read again");
  }
  Result<JournalWriter> journal =
      JournalWriter::create((fs::path(journals) / (worker + ".jsonl")).string());
  QUIRE_TRY(journal);
  QUIRE_TRY(journal->append(run_record(worker, options.settings, *round), Durable::kYes));
  QUIRE_TRY(ledger.refresh());
  QUIRE_TRY(agree_on(*round, ledger, options.settings));
  return std::unique_ptr<PileLog>(new PileLog(*std::move(journal), std::move(ledger), *round));
}

bool PileLog::wants(const Document& document, int page) const {
  const DocumentEntry& known = entry(document);
  return round_.wants(known, known.pages[static_cast<std::size_t>(page - 1)]);
}

OrderedJson PileLog::about(const char* kind, const Document& document) const {
  OrderedJson record = {{"kind", kind}, {"document", document.key}, {"stamp", document.stamp}};
  if (round_.number > 0) record["round"] = round_.number;
  return record;
}

void PileLog::append(OrderedJson record, Durable durable) {
  if (!record.contains("time")) record["time"] = unix_seconds();
  note(journal_.append(record, durable));
  refresh();
}

void PileLog::counted(const Document& document, int pages) {
  OrderedJson record = about("document", document);
  record["pages"] = pages;
  append(std::move(record), Durable::kYes);
}

void PileLog::begin(const Document& document, int page, int slot) {
  OrderedJson record = about("begin", document);
  record["page"] = page;
  append(record, Durable::kNo);
  record["kind"] = "crash";
  marks_.set(slot, journal_line(record));
}

void PileLog::ended(EndedPage page) {
  page.record.round = round_.number;
  page.record.time = unix_seconds();
  append(to_json(page.record, std::move(page.content), std::move(page.stages)), Durable::kYes);
}

void PileLog::written(const Document& document) {
  OrderedJson record = about("written", document);
  record["rounds"] = entry(document).rounds();
  append(std::move(record), Durable::kYes);
}

}  // namespace quire
