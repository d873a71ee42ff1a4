#include "format/gguf_value.h"

#include <array>

namespace quire {
namespace {

// In the order of GgufType.
constexpr std::array kTypes = {
    GgufTypeInfo{"U8", 1, false},     GgufTypeInfo{"I8", 1, true},
    GgufTypeInfo{"U16", 2, false},    GgufTypeInfo{"I16", 2, true},
    GgufTypeInfo{"U32", 4, false},    GgufTypeInfo{"I32", 4, true},
    GgufTypeInfo{"F32", 4, true},     GgufTypeInfo{"bool", 1, false},
    GgufTypeInfo{"string", 8, false}, GgufTypeInfo{"array", 12, false},
    GgufTypeInfo{"U64", 8, false},    GgufTypeInfo{"I64", 8, true},
    GgufTypeInfo{"F64", 8, true},
};
static_assert(kTypes.size() == static_cast<std::size_t>(GgufType::kF64) + 1);

}  // namespace

const GgufTypeInfo* gguf_type_info(std::uint32_t type) {
  return type < kTypes.size() ? &kTypes[type] : nullptr;
}

}  // namespace quire
