// A memory as lines of JSON, and back: one object a line, leaves before the entries that stand on
// them. Everything goes along, pictures as base64 PNGs; readings do not, they can be made again.
//
//   {"kind": "memory", "version": 1}
//   {"kind": "leaf", "id", "tier", "letters", "pages": [{"side", "columns", "rows_per_token",
//    "picture"}]}
//   {"kind": "entry", "id", "time", "role", "topic", "importance", "pinned", "strength",
//    "recalled", "facts": [...] (else those of the text), and "text", or "leaf", "place" and
//    "length"; "archive"}
#pragma once

#include <functional>
#include <string_view>

#include "base/status.h"
#include "store/store.h"

namespace quire {

// `write` gets one line after another, each with its end.
Status export_memory(const Store& store, const std::function<Status(std::string_view line)>& write);

// Adds what the lines say to the store, under new ids, in one transaction; returns how many
// entries. Errors: the line, and what is wrong with it; the store is as it was then.
Result<std::size_t> import_memory(std::string_view lines, Store& store);

}  // namespace quire
