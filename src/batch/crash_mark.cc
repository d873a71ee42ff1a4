#include "batch/crash_mark.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

#include "base/status.h"

namespace quire {
namespace {

constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

struct Slot {
  std::string line;
  std::atomic<const char*> text = nullptr;  // of line, while it is set
  std::atomic<std::size_t> size = 0;
};

// A signal handler has no other way to its data.
std::array<Slot, CrashMarks::kSlots> slots;
std::array<struct sigaction, kSignals.size()> before;
std::atomic<int> journal = -1;

void on_crash(int signal, siginfo_t* info, void*) {
  const int error = errno;
  for (const Slot& slot : slots) {
    const char* text = slot.text.load(std::memory_order_acquire);
    if (text != nullptr && ::write(journal, text, slot.size) < 0) continue;  // nothing can be done
  }
  // Returning does once more what crashed; a signal that was sent has to be sent again.
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal) ::sigaction(signal, &before[i], nullptr);
  }
  if (info->si_code <= 0) ::raise(signal);
  errno = error;
}

}  // namespace

CrashMarks::CrashMarks(int descriptor) {
  QUIRE_CHECK(journal.exchange(descriptor) == -1);
  struct sigaction action {};
  action.sa_sigaction = on_crash;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before[i]);
}

CrashMarks::~CrashMarks() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before[i], nullptr);
  for (int slot = 0; slot < kSlots; ++slot) set(slot, "");
  journal = -1;
}

void CrashMarks::set(int slot, std::string line) {
  Slot& one = slots[static_cast<std::size_t>(slot)];
  one.text.store(nullptr, std::memory_order_release);
  one.line = std::move(line);
  one.size = one.line.size();
  if (!one.line.empty()) one.text.store(one.line.data(), std::memory_order_release);
}

}  // namespace quire
