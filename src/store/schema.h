// The tables of a memory. Private to this room; docs/memory.md describes them. A store of another
// version is refused, not guessed at.
#pragma once

namespace quire {

inline constexpr int kStoreApplication = 0x51756972;  // "Quir" in the file's header
inline constexpr int kStoreVersion = 1;

// What can be searched is what can be read: a view of the entries as they are now, and an index
// over it that triggers keep true. Its tokens are three letters long, so that a word of which a
// blur has changed one letter is still found by the others.
inline constexpr const char* kSchema = R"sql(
CREATE TABLE leaf (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tier TEXT NOT NULL,
  letters INTEGER NOT NULL
);
CREATE TABLE page (
  leaf INTEGER NOT NULL REFERENCES leaf(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  side INTEGER NOT NULL,
  columns INTEGER NOT NULL,
  rows_per_token INTEGER NOT NULL,
  picture BLOB NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (leaf, number)
);
CREATE TABLE entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  role TEXT NOT NULL,
  topic TEXT NOT NULL,
  importance REAL NOT NULL,
  pinned INTEGER NOT NULL,
  strength REAL NOT NULL,
  recalled INTEGER NOT NULL,
  text TEXT,
  leaf INTEGER REFERENCES leaf(id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  length INTEGER NOT NULL,
  facts TEXT NOT NULL,
  archive TEXT,
  reading TEXT,
  confidence REAL NOT NULL,
  sum INTEGER NOT NULL,
  CHECK ((text IS NULL) <> (leaf IS NULL))
);
CREATE INDEX entry_by_leaf ON entry(leaf, place);
CREATE INDEX entry_by_time ON entry(time, id);

CREATE VIEW readable AS
  SELECT id, coalesce(text, reading, '') || char(10) || facts AS body FROM entry;
CREATE VIRTUAL TABLE readable_index USING fts5(
  body, content = 'readable', content_rowid = 'id', tokenize = 'trigram');
CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
  INSERT INTO readable_index(rowid, body)
    VALUES (new.id, coalesce(new.text, new.reading, '') || char(10) || new.facts);
END;
CREATE TRIGGER entry_changed AFTER UPDATE OF text, reading, facts ON entry BEGIN
  INSERT INTO readable_index(readable_index, rowid, body)
    VALUES ('delete', old.id, coalesce(old.text, old.reading, '') || char(10) || old.facts);
  INSERT INTO readable_index(rowid, body)
    VALUES (new.id, coalesce(new.text, new.reading, '') || char(10) || new.facts);
END;
CREATE TRIGGER entry_gone AFTER DELETE ON entry BEGIN
  INSERT INTO readable_index(readable_index, rowid, body)
    VALUES ('delete', old.id, coalesce(old.text, old.reading, '') || char(10) || old.facts);
END;
)sql";

}  // namespace quire
