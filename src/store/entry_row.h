// An entry as a row of its table, and the checksums of rows. Private to this room.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "store/database.h"
#include "store/rows.h"

namespace quire {

inline constexpr const char* kEntryColumns =
    "id, time, role, topic, importance, pinned, strength, recalled, text, leaf, place, length, "
    "facts, archive, reading, confidence, sum";

// All columns but the id, in their order.
void bind_entry(Statement& statement, const Entry& entry);

// The row at hand. Error: kInvalid when its checksum is wrong; `path` is the file it names.
Result<Entry> read_entry(const Statement& row, const std::string& path);

std::int64_t sum_of(const LeafPage& page);

}  // namespace quire
