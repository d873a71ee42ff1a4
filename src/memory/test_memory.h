// For tests only: a memory in a folder of its own, with a reader that sees nothing.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "format/test_support.h"
#include "memory/memory.h"
#include "memory/tier.h"

namespace quire {

inline constexpr Seconds kMinute = 60, kHour = 3600, kDay = 86400, kWeek = 7 * kDay,
                         kMonth = 30 * kDay;
inline constexpr Seconds kStart = 1'700'000'000;

// Reads an 'x' in every cell, half sure of each.
inline PageReader blind_reader() {
  PageReader reader;
  reader.encode = [](const Image&) { return Result<Tensor>(Tensor()); };
  reader.read = [](const Tensor&, const ReadOptions& options) {
    PageReading reading;
    for (int row = 0; row < 100; ++row) {
      reading.text += std::string(static_cast<std::size_t>(options.columns), 'x') + "\n";
    }
    reading.confidence = {0.5f};
    return Result<PageReading>(std::move(reading));
  };
  return reader;
}

class MemoryTest : public FolderTest {
 protected:
  MemoryTest() : font_(*Font::open("DejaVuSansMono")) {}

  Memory open(const std::string& name = "a.memory", const char* policy = "ladder") {
    MemoryTools tools;
    tools.font = &font_;
    tools.reader = blind_reader();
    tools.policy = *find_policy(policy);
    auto memory = Memory::open(path(name), std::move(tools), Database::Access::kCreate);
    EXPECT_TRUE(memory.ok()) << (memory.ok() ? "" : memory.status().message());
    return *std::move(memory);
  }

  static std::int64_t add(Memory& memory, const std::string& text, Seconds now,
                          NewEntry entry = {}) {
    entry.text = text;
    const auto ids = memory.add(entry, now);
    EXPECT_TRUE(ids.ok()) << (ids.ok() ? "" : ids.status().message());
    return ids.ok() ? ids->front() : 0;
  }

  // The tier an entry is in; "" when it is gone.
  static std::string tier(Memory& memory, std::int64_t id) {
    const auto entry = memory.store().entry(id);
    if (!entry) return "";
    return entry->leaf ? memory.store().leaf(*entry->leaf)->tier : "text";
  }

  // All bytes of the store: the file and its log.
  std::string bytes(const std::string& name = "a.memory") const {
    std::string all;
    for (const char* ending : {"", "-wal", "-shm"}) {
      if (std::filesystem::exists(path(name + ending))) all += slurp(path(name + ending));
    }
    return all;
  }

  Font font_;
};

}  // namespace quire
