// Reading one page back: from vision tokens to the text that stood on it, line by line as the plan
// says.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "fold/quire_file.h"
#include "infer/reader.h"

namespace quire {

// What fold and unfold want of a model; of_reader() is the real one, tests bring their own.
struct PageReader {
  std::string fingerprint;                                     // hex
  std::function<Result<Tensor>(const Image& picture)> encode;  // (tokens, hidden)
  std::function<Result<PageReading>(const Tensor& tokens, const ReadOptions& options)> read;

  // Whether pages are better read side by side, each by a thread of its own, than one after the
  // other by all threads. `encode` and `read` must then be safe to call from several threads.
  bool side_by_side = false;

  static PageReader of_reader(const Reader& reader);  // the reader must outlive it
};

// Calls body(i) for each page i of `count`, several at once where the reader wants it.
void for_each_page(const PageReader& reader, std::size_t count,
                   const std::function<void(std::size_t)>& body);

struct PageText {
  std::string text;  // UTF-8, newlines where the page has break marks
  std::size_t tokens = 0;
  ReadStatus status = ReadStatus::kOk;
  std::vector<float> confidence = {};  // probability of each token
};

// `tokens` are the page's vision tokens, `head` how it was set.
Result<PageText> read_page(const PageReader& reader, const Tensor& tokens,
                           const QuirePageHead& head);

// A reading to the text of its page. Where the model read a page of a fixed pitch token by token,
// each letter stands in its token's cells, so a token whose lines were too many or too few harms no
// other; else its lines are taken as they come:
std::string page_text(const PageReading& page, const QuirePageHead& head);

// Lines as they were read, divided by '\n', to the text of the page: short lines of a fixed pitch
// are filled up with spaces, so that the characters behind them keep their places; long ones are
// cut; break marks become newlines; no more than head.characters in all.
std::string page_text(std::string_view lines, const QuirePageHead& head);

}  // namespace quire
