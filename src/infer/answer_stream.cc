#include "infer/answer_stream.h"

#include <string_view>

#include "text/strip.h"

namespace quire {

std::string AnswerStream::settle(const std::string& text) {
  held_ += text;
  const std::string_view kept = strip(held_);
  if (kept.empty()) {
    if (!begun_) held_.clear();
    return {};
  }
  const auto end = static_cast<std::size_t>(kept.data() + kept.size() - held_.data());
  std::string certain = begun_ ? held_.substr(0, end) : std::string(kept);
  held_.erase(0, end);
  begun_ = true;
  return certain;
}

}  // namespace quire
