#include "base/scratch_bytes.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <vector>

#include "base/large_pages.h"

namespace quire {
namespace {

[[maybe_unused]] constexpr std::align_val_t kAlignment{64};

struct Block {
  std::uint8_t* data;
  std::size_t size;
};

// Blocks that nobody uses now. Never destroyed: threads may end after main() has.
struct Shelf {
  std::mutex mutex;
  std::vector<Block> blocks;  // by size
};
Shelf& shelf() {
  static Shelf& shelf = *new Shelf;
  return shelf;
}

// The smallest block that is large enough; when none is, the largest is given up for it.
Block take(std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
  return {new (kAlignment) std::uint8_t[bytes], bytes};  // with its ends watched
#endif
  const std::size_t size =
      (std::max<std::size_t>(bytes, 1) + kLargePage - 1) / kLargePage * kLargePage;
  Block small{nullptr, 0};
  {
    Shelf& here = shelf();
    const std::lock_guard lock(here.mutex);
    for (auto block = here.blocks.begin(); block != here.blocks.end(); ++block) {
      if (block->size < bytes) continue;
      const Block taken = *block;
      here.blocks.erase(block);
      return taken;
    }
    if (!here.blocks.empty()) {
      small = here.blocks.back();
      here.blocks.pop_back();
    }
  }
  LargePages<std::uint8_t> pages;
  if (small.data != nullptr) pages.deallocate(small.data, small.size);
  return {pages.allocate(size), size};
}

}  // namespace

std::uint8_t* ScratchPieces::take_bytes(std::size_t bytes) {
  const std::size_t whole = (bytes + 63) / 64 * 64;
  if (left_ < whole) {
    const ScratchBytes& block = blocks_.emplace_back(std::max(whole, kLargePage));
    next_ = block.data();
    left_ = block.size();
  }
  std::uint8_t* const piece = next_;
  next_ += whole;
  left_ -= whole;
  return piece;
}

ScratchBytes::ScratchBytes(std::size_t bytes) {
  const Block block = take(bytes);
  data_ = block.data;
  size_ = block.size;
}

ScratchBytes::~ScratchBytes() {
#ifdef __SANITIZE_ADDRESS__
  ::operator delete[](data_, kAlignment);
  return;
#endif
  Shelf& here = shelf();
  const std::lock_guard lock(here.mutex);
  const auto at = std::find_if(here.blocks.begin(), here.blocks.end(),
                               [&](const Block& block) { return block.size >= size_; });
  here.blocks.insert(at, {data_, size_});
}

}  // namespace quire
