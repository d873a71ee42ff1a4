// Names for several files where one was asked for.
#pragma once

#include <string>

namespace quire {

// NAME.png for one page, NAME-3.png for the third of several.
std::string numbered_path(const std::string& path, std::size_t number, bool several);

}  // namespace quire
