// What came of unfolding, for scripts.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "fold/unfold.h"

namespace quire {

// The `pages` of `quire unfold --json`.
nlohmann::ordered_json unfolded_pages_json(const Unfolded& unfolded);

}  // namespace quire
