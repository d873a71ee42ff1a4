// What a memory is made of, as it is kept: plain rows that know nothing of pictures or models.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quire {

// Seconds since 1970, UTC.
using Seconds = std::int64_t;

// One thing that was said or read. Exactly one of two holds: it is still text (`text`, no leaf), or
// it stands on the pages of a leaf and only they know what it was.
struct Entry {
  std::int64_t id = 0;  // given by the store, never used twice
  Seconds time = 0;
  std::string role, topic;
  double importance = 0;  // 0 to 1
  bool pinned = false;    // stays text
  double strength = 1;    // how much slower it ages by now
  Seconds recalled = 0;   // the last time it was asked for, else `time`

  std::optional<std::string> text;
  std::optional<std::int64_t> leaf;
  std::int64_t place = 0, length = 0;  // its letters on the leaf: from which one on, how many

  std::vector<std::string> facts;      // exact strings that stay text while all else fades
  std::optional<std::string> archive;  // the original, where the user asked for it
  std::optional<std::string> reading;  // what a model made of the pages as they are now
  double confidence = 0;               // of that reading, 0 to 1
};

// One page picture of a leaf.
struct LeafPage {
  int side = 0, columns = 0, rows_per_token = 0;  // as in PageLayout
  std::string picture;                            // a PNG
};

// A run of entries that was set together and ages together.
struct Leaf {
  std::int64_t id = 0;
  std::string tier;          // "base"
  std::int64_t letters = 0;  // cells that are filled, all pages together
  std::vector<LeafPage> pages;
};

}  // namespace quire
