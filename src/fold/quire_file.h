// The .quire file: page pictures, the plan they were set by, and what goes with them. Its bytes are
// drawn in docs/quire-format.md.
//
// Writing: the encoder turns things into bytes in file order, so a quire of any length streams
// through a FileWriter and lands whole or not at all.
//
//   QuireEncoder quire;
//   append(quire.begin(plan));  append(quire.page(page)) ...;  append(quire.finish());
//
// Reading: parse() walks every section, checks every length, checksum, count and limit before it
// returns, and copies nothing. Damage to the frame (header, section heads, plan, end) refuses the
// file; damage inside one page's sections only marks that page, and the others stay readable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "render/page.h"
#include "tensor/tensor.h"

namespace quire {

inline constexpr std::uint32_t kQuireVersion = 1;

// Limits that a reader enforces and a writer keeps to.
inline constexpr std::size_t kMaxQuirePages = 1'000'000;
inline constexpr std::uint64_t kMaxQuirePixels = std::uint64_t{1} << 38;  // of all pages together
inline constexpr std::size_t kMaxPlanBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxPageBytes = std::size_t{64} << 20;  // of any one section of a page
inline constexpr int kMaxPageSide = 4096;

// What holds for the whole quire.
struct QuirePlan {
  std::string program;         // that wrote the file: "quire 0.1.0"
  std::string font;            // "DejaVu Sans Mono Book"
  std::string model;           // fingerprint, hex
  std::string text_tokenizer;  // which one counted text_tokens: "official", "model" or "estimate"
  std::uint64_t text_bytes = 0, text_chars = 0, text_tokens = 0, unknown_chars = 0;
  std::optional<double> expected_accuracy;  // share of characters, 0..1
  bool exact = false;                       // every page carries a correction
};

// How one page was set.
struct QuirePageHead {
  std::string mode;         // "tiny"; at most eight bytes
  PageLayout layout;        // ink and paper are in the picture, not here
  bool fixed_pitch = true;  // every full line holds exactly layout.columns characters
  std::uint32_t characters = 0;
};

// Cached vision tokens: (rows, width) values, f16 or f32.
struct QuireTokens {
  DType dtype = DType::kF16;
  std::uint32_t rows = 0, width = 0;
  std::span<const std::uint8_t> values;

  Tensor tensor() const;  // (rows, width)
};

struct QuirePage {
  QuirePageHead head;
  std::span<const std::uint8_t> picture;  // a PNG
  std::optional<QuireTokens> tokens;
  std::optional<std::span<const std::uint8_t>> correction;  // fold/correction.h

  Status damage;  // not ok: why nothing above may be used
};

class QuireEncoder {
 public:
  std::string begin(const QuirePlan& plan);
  std::string page(const QuirePage& page);
  std::string finish();

  std::uint64_t bytes() const { return bytes_; }  // made so far

 private:
  std::string count(std::string bytes);

  std::uint64_t bytes_ = 0;
  std::uint32_t pages_ = 0;
};

class QuireFile {
 public:
  // Maps the file ("-" reads standard input); errors name it.
  static Result<QuireFile> open(const std::string& path);
  // The same over bytes that the caller keeps alive.
  static Result<QuireFile> parse(std::span<const std::uint8_t> bytes);

  const QuirePlan& plan() const { return plan_; }
  const std::vector<QuirePage>& pages() const { return pages_; }
  std::uint64_t size() const { return size_; }

 private:
  friend class QuireParser;

  MappedFile mapped_;
  std::vector<std::uint8_t> piped_;  // instead of mapped_, for standard input
  QuirePlan plan_;
  std::vector<QuirePage> pages_;
  std::uint64_t size_ = 0;
};

}  // namespace quire
