// Which pages were being read when the program crashed. A page that takes the program down would
// do so again each time it is started; marks in the journal are how the next run knows. SIGKILL
// leaves no mark: then the page that was begun and did not end is all there is to go by.
#pragma once

#include <string>

namespace quire {

// One process has one; a second object before the first is gone is a caller's mistake.
class CrashMarks {
 public:
  static constexpr int kSlots = 64;

  // On SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT the lines that are set are written to this
  // descriptor; then the signal does what it did before.
  explicit CrashMarks(int descriptor);
  ~CrashMarks();
  CrashMarks(const CrashMarks&) = delete;
  CrashMarks& operator=(const CrashMarks&) = delete;

  // `line` is what to write, end included; "" takes it away. One thread for each slot.
  void set(int slot, std::string line);
};

}  // namespace quire
