// Memory for the time of one operation, such as weights packed for one product: blocks of large
// pages (base/large_pages.h) that go from one operation to the next, because the system clears what
// it gives out anew, and that can take longer than the operation. There are never more blocks than
// were in use at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace quire {

class ScratchBytes {
 public:
  explicit ScratchBytes(std::size_t bytes);  // without values; aligned to 64
  ~ScratchBytes();
  ScratchBytes(const ScratchBytes&) = delete;
  ScratchBytes& operator=(const ScratchBytes&) = delete;

  std::uint8_t* data() const { return data_; }

 private:
  std::uint8_t* data_;
  std::size_t size_;
};

// The same as n values of T.
template <typename T>
class Scratch {
 public:
  explicit Scratch(std::size_t n) : bytes_(n * sizeof(T)) {}
  T* data() const { return reinterpret_cast<T*>(bytes_.data()); }

 private:
  ScratchBytes bytes_;
};

}  // namespace quire
