#include "store/database.h"

#include <sqlite3.h>

#include <filesystem>

namespace quire {
namespace {

constexpr int kPatienceMilliseconds = 10'000;

// SQLite's words for what went wrong, with what to do where we know better.
Status failure(sqlite3* database, const std::string& path, int code) {
  const std::string words = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
      return invalid(path + ": this is not a memory, or its first page is damaged");
    case SQLITE_CORRUPT:
      return invalid(path + ": the file is damaged (" + words +
                     "); go back to a copy, or save what can be read with the sqlite3 program's "
                     ".recover");
    case SQLITE_BUSY:
      return over_limit(path + ": another process has been writing for " +
                        std::to_string(kPatienceMilliseconds / 1000) + " s; try again");
    case SQLITE_FULL:
      return io_error(path + ": the disk is full; nothing was changed");
    case SQLITE_READONLY:
      return io_error(path + ": may not be written to");
    case SQLITE_CANTOPEN:
      return io_error(path + ": cannot be opened (" + words + ")");
    default:
      return io_error(path + ": " + words);
  }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Statement& Statement::bind(std::int64_t value) {
  failed_ |= sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}
Statement& Statement::bind(double value) {
  failed_ |= sqlite3_bind_double(statement_.get(), ++bound_, value);
  return *this;
}
Statement& Statement::bind(std::string_view text) {
  failed_ |= sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(),
                                 SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind_blob(std::string_view bytes) {
  failed_ |=
      sqlite3_bind_blob64(statement_.get(), ++bound_, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind_null() {
  failed_ |= sqlite3_bind_null(statement_.get(), ++bound_);
  return *this;
}

Result<bool> Statement::step() {
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  if (failed_ != SQLITE_OK) return failure(nullptr, path_, failed_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  const Status status = code == SQLITE_DONE ? Status() : failure(database, path_, code);
  sqlite3_reset(statement_.get());
  bound_ = 0;
  if (!status.ok()) return status;
  return false;
}

Status Statement::run() {
  const auto row = step();
  QUIRE_TRY(row);
  QUIRE_CHECK(!*row);
  return {};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Statement::number(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr
             ? std::string()
             : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}
bool Statement::null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Result<Database> Database::open(const std::string& path, Access access) {
  if (path.empty()) return invalid("a store needs a file name");
  std::error_code ignored;
  if (access == Access::kOpen && !std::filesystem::exists(path, ignored)) {
    return not_found(path + ": there is no such store");
  }
  Database database;
  database.path_ = path;
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                    (access == Access::kCreate ? SQLITE_OPEN_CREATE : 0);
  // A name that begins like an option or a URI is still a name.
  const std::string name = path.starts_with('/') ? path : "./" + path;
  const int code = sqlite3_open_v2(name.c_str(), &opened, flags, nullptr);
  database.database_.reset(opened);
  if (code != SQLITE_OK) return failure(opened, path, code);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kPatienceMilliseconds);
  QUIRE_TRY(database.run("PRAGMA secure_delete = ON"));
  QUIRE_TRY(database.use_log());
  QUIRE_TRY(
      database.run("PRAGMA synchronous = FULL;"
                   "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"));
  return database;
}

// SQLite does not wait where two processes make a store at once and both switch it to a log: each
// holds a lock that the other wants. One gives up and tries again, as often as patience lasts.
Status Database::use_log() {
  constexpr int kPauseMilliseconds = 5;
  for (int waited = 0;; waited += kPauseMilliseconds) {
    const int code =
        sqlite3_exec(database_.get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    if ((code & 0xFF) != SQLITE_BUSY || waited >= kPatienceMilliseconds) {
      return failure(database_.get(), path_, code);
    }
    sqlite3_sleep(kPauseMilliseconds);
  }
}

Status Database::run(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status() : failure(database_.get(), path_, code);
}

Result<Statement> Database::prepare(const char* sql) const {
  Statement statement;
  statement.path_ = path_;
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql, -1, &prepared, nullptr);
  statement.statement_.reset(prepared);
  if (code != SQLITE_OK) return failure(database_.get(), path_, code);
  return statement;
}

Result<std::int64_t> Database::integer(const char* sql) const {
  auto statement = prepare(sql);
  QUIRE_TRY(statement);
  const auto row = statement->step();
  QUIRE_TRY(row);
  return *row ? statement->integer(0) : 0;
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(database_.get()); }

Status Database::drop_traces() {
  const auto busy = integer("PRAGMA wal_checkpoint(TRUNCATE)");
  QUIRE_TRY(busy);
  if (*busy != 0) {
    return over_limit(path_ + ": another process is reading, so what was forgotten is still in " +
                      path_ + "-wal; the next tick empties it");
  }
  return {};
}

Status Database::check() const {
  auto statement = prepare("PRAGMA integrity_check(1)");
  QUIRE_TRY(statement);
  const auto row = statement->step();
  QUIRE_TRY(row);
  const std::string words = *row ? statement->text(0) : "no answer";
  return words == "ok" ? Status() : invalid(path_ + ": the file is damaged: " + words);
}

Result<Transaction> Transaction::begin(Database& database) {
  QUIRE_TRY(database.run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->run("ROLLBACK");
}

Status Transaction::commit() {
  const Status done = database_->run("COMMIT");
  if (done.ok()) database_ = nullptr;
  return done;
}

}  // namespace quire
