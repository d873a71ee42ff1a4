// Words at which an answer ends, looked for in a text that comes in pieces: what could be the
// beginning of one is held back until it is clear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quire {

class StopWords {
 public:
  // None may be empty.
  explicit StopWords(std::vector<std::string> words) : words_(std::move(words)) {}

  // What may be shown by now; may be empty. Nothing more once a word was found.
  std::string push(std::string_view piece);
  // The end of the text: what was held back.
  std::string finish();
  bool found() const { return found_; }

 private:
  std::vector<std::string> words_;
  std::string held_;
  bool found_ = false;
};

}  // namespace quire
