// The fact sheet of an entry: the exact strings that a blurred page would turn into inventions
// (numbers, dates, addresses, identifiers, names). They are kept as text for as long as the entry
// is remembered at all, inside a small budget of letters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quire {

// A tenth of the entry, and no less than this and no more than that.
inline constexpr std::size_t kFewestFactLetters = 32, kMostFactLetters = 200;

// In order of appearance, each once, without line breaks. Neighbours that belong together stay
// together ("14 March 2026", "Room 12"). Where the budget is short, what holds digits or is spelt
// like no word goes before names, and what does not fit is left out. A word at the start of a
// sentence is no name for its capital alone.
std::vector<std::string> exact_strings(std::string_view text);

// The same, and what is left of the budget goes to the words before each in its sentence, one for
// each in turn and no more than kWordsBefore: "invoice QX-4821" answers a question, and is found by
// it, where "QX-4821" is not.
inline constexpr std::size_t kWordsBefore = 4;
std::vector<std::string> fact_sheet(std::string_view text);

}  // namespace quire
