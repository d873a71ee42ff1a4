// An allocator for buffers of many megabytes: it asks the system for pages of 2 MiB, where a walk
// over rows that lie kilobytes apart would need another entry of the address tables for every row
// (docs/lab-notes.md has what that gained). Small blocks come from where they always come from.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <limits>
#include <new>

namespace quire {

inline constexpr std::size_t kLargePage = std::size_t{1} << 21;

template <typename T>
struct LargePages {
  using value_type = T;

  LargePages() = default;
  template <typename Other>
  LargePages(const LargePages<Other>&) {}  // NOLINT: allocators convert

  T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    if (bytes < kLargePage) return static_cast<T*>(::operator new(bytes));
    // Whole pages: what is left of the last one would be first touched 4 KiB at a time.
    const std::size_t whole = (bytes + kLargePage - 1) / kLargePage * kLargePage;
    void* const memory = ::operator new (whole, std::align_val_t{kLargePage});
    // It is advice; where the system has no such pages it answers with an error, and nothing is
    // lost.
    ::madvise(memory, whole, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t n) {
    if (n * sizeof(T) < kLargePage) return ::operator delete(memory);
    ::operator delete (memory, std::align_val_t{kLargePage});
  }

  // What is given no value keeps what the memory holds: zeros that results will overwrite cost a
  // pass over all of it. Under the address sanitizer it is no number, so that tests see who reads
  // it.
  template <typename Other>
  void construct(Other* at) {
#ifdef __SANITIZE_ADDRESS__
    if constexpr (std::numeric_limits<Other>::has_quiet_NaN) {
      *at = std::numeric_limits<Other>::quiet_NaN();
      return;
    }
#endif
    ::new (static_cast<void*>(at)) Other;
  }

  template <typename Other>
  bool operator==(const LargePages<Other>&) const {
    return true;
  }
};

}  // namespace quire
