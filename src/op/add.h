// y += x, a residual connection whose product could not add in place.
#pragma once

#include "op/rows.h"

namespace quire {

void add(ConstRows x, Rows y);

}  // namespace quire
