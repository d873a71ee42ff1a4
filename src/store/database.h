// SQLite behind values: one connection to one file, statements with bound values, transactions that
// roll back unless they are committed. The one place that knows its C interface.
//
// Files are opened so that what is deleted is gone: freed bytes are overwritten with zeros
// (secure_delete), and drop_traces() empties the write-ahead log. Writers of other processes are
// waited for, ten seconds at most. Every error names the file. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace quire {

class Statement {
 public:
  // Values of the question marks, from the first on; strings and blobs are copied.
  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);
  Statement& bind_null();

  // The next row is there: true; there are no more: false, and the statement can be bound anew.
  Result<bool> step();
  // For statements that give no rows.
  Status run();

  // Columns of the row at hand, from 0.
  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string text(int column) const;  // bytes of a text or a blob; "" for NULL
  bool null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;
  int bound_ = 0;
  int failed_ = 0;  // the first bind that SQLite refused
};

class Database {
 public:
  enum class Access { kCreate, kOpen };  // kOpen: a file that is not there is an error

  static Result<Database> open(const std::string& path, Access access);

  Status run(const char* sql);  // one or more statements without values
  Result<Statement> prepare(const char* sql) const;
  Result<std::int64_t> integer(const char* sql) const;  // the first value of the first row; 0
  std::int64_t last_id() const;

  // Moves the log into the file and empties it. Error: kLimit while another process is reading.
  Status drop_traces();

  // Walks every page of the file. Error: what is broken, in SQLite's words.
  Status check() const;

  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  Status use_log();
  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

// Begins at once as a writer, so that it never has to give way half way through.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace quire
