// Memory for the time of one operation, such as weights packed for one product: blocks of large
// pages (base/large_pages.h) that go from one operation to the next, because the system clears what
// it gives out anew, and that can take longer than the operation. There are never more blocks than
// were in use at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace quire {

class ScratchBytes {
 public:
  explicit ScratchBytes(std::size_t bytes);  // without values; aligned to 64
  ~ScratchBytes();
  ScratchBytes(const ScratchBytes&) = delete;
  ScratchBytes& operator=(const ScratchBytes&) = delete;

  std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }  // at least what was asked for

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

// Many pieces for the time of one operation.
class ScratchPieces {
 public:
  template <typename T>
  T* take(std::size_t n) {
    return reinterpret_cast<T*>(take_bytes(n * sizeof(T)));
  }

 private:
  std::uint8_t* take_bytes(std::size_t bytes);  // aligned to 64

  std::deque<ScratchBytes> blocks_;
  std::uint8_t* next_ = nullptr;
  std::size_t left_ = 0;  // of the last block
};

}  // namespace quire
