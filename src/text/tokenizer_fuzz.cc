// Any bytes as a tokenizer.json and, behind the first NUL, a text for it: refused in words, or a
// tokenizer whose ids are its own and whose output is UTF-8. A text whose tokenizer is refused goes
// to a small good one, where it must come back as it was.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "text/byte_level.h"
#include "text/tokenizer.h"

namespace {

quire::Tokenizer small_tokenizer() {
  quire::Vocabulary v;
  for (int b = 0; b < 256; ++b) {
    const char byte = static_cast<char>(b);
    v.tokens.push_back(quire::bytes_to_token({&byte, 1}));
  }
  v.tokens.insert(v.tokens.end(), {"aa", "aaaa", "Ġa", "12"});
  v.merges = {{"a", "a"}, {"aa", "aa"}, {"Ġ", "a"}, {"1", "2"}};
  v.added = {{260, "<x>", true, false}, {261, "<x><", false, false}, {262, "a<", false, true}};
  v.split_regexes = quire::deepseek_v3_regexes();
  auto made = quire::Tokenizer::from_vocabulary(v);
  QUIRE_CHECK(made);
  return *std::move(made);
}

void check(const quire::Tokenizer& tokenizer, std::string_view text, bool comes_back) {
  const auto ids = tokenizer.encode(text);
  for (const std::int32_t id : ids) QUIRE_CHECK(id >= 0 && id < tokenizer.vocab_size());
  const std::string decoded = tokenizer.decode(ids);
  QUIRE_CHECK(quire::valid_prefix(decoded) == decoded.size());
  if (comes_back) QUIRE_CHECK(decoded == quire::repair_utf8(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const quire::Tokenizer small = small_tokenizer();
  const std::string_view input = as_text({data, size});
  const std::size_t end = std::min(input.find('\0'), size);
  const std::string_view text = input.substr(std::min(end + 1, size));
  const auto tokenizer = quire::Tokenizer::from_json(input.substr(0, end));
  if (tokenizer) {
    check(*tokenizer, text, false);
  } else {
    check(small, text, true);
  }
  return 0;
}
