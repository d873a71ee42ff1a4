// A tap is shown named values from inside a computation (architecture.md's test vectors name them).
// An empty tap costs nothing. Values are only there during the call.
#pragma once

#include <functional>
#include <string_view>

#include "tensor/tensor.h"

namespace quire {

using Tap = std::function<void(std::string_view name, const Shape& shape, const float* values)>;

}  // namespace quire
