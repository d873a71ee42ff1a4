// Two tables that are parts of one, in the two forms models write: HTML and Markdown with bars.
#pragma once

#include <string>
#include <string_view>

namespace quire {

// When `upper` ends with a table and `lower` begins with one of the same form and number of columns
// (of the rows that meet; colspan counts), moves the rows of the lower one to the upper, `mark` in
// front of the words of the first cell. A header of the upper table that is repeated is left out.
// What follows the table in `lower` stays there. False, and nothing is changed, otherwise.
bool join_table(std::string& upper, std::string& lower, std::string_view mark);

}  // namespace quire
