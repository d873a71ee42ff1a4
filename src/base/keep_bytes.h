// Memory that many small things keep for as long as a model lives, such as its packed weights:
// pieces of blocks of large pages (base/large_pages.h), because a first touch of a small page can
// take longer than all that is then done with it. A block is given back with the last of its
// pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace quire {

// Without values. Any thread.
std::shared_ptr<std::uint8_t[]> keep_bytes(std::size_t bytes);

}  // namespace quire
