#include "base/keep_bytes.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/large_pages.h"

namespace quire {
namespace {

constexpr std::size_t kBlockBytes = 16 * kLargePage;
constexpr std::size_t kAlignment = 64;  // no two pieces share a line of the cache

using Block = std::vector<std::uint8_t, LargePages<std::uint8_t>>;

// The block that pieces are cut from at present; nothing once all of them are gone.
struct Cutting {
  std::mutex mutex;
  std::weak_ptr<Block> block;
  std::size_t taken = 0;
};

}  // namespace

std::shared_ptr<std::uint8_t[]> keep_bytes(std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
  return std::shared_ptr<std::uint8_t[]>(new std::uint8_t[bytes]);  // with its ends watched
#endif
  static Cutting cutting;
  const std::size_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  const std::lock_guard lock(cutting.mutex);
  std::shared_ptr<Block> block = cutting.block.lock();
  if (!block || block->size() - cutting.taken < whole) {
    block = std::make_shared<Block>(std::max(whole, kBlockBytes));
    cutting.block = block;
    cutting.taken = 0;
  }
  std::uint8_t* const piece = block->data() + cutting.taken;
  cutting.taken += whole;
  return {std::move(block), piece};
}

}  // namespace quire
