#include "format/ppm.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace quire {
namespace {

constexpr std::size_t kMaxHeader = 4096;  // comments included

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The four words of a header, if the white space after the last of them has come.
std::vector<std::string_view> header_words(std::string_view header) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (words.size() < 4) {
    while (at < header.size() && (is_space(header[at]) || header[at] == '#')) {
      if (header[at] == '#') at = std::min(header.find('\n', at), header.size());
      if (at < header.size()) ++at;
    }
    const std::size_t begin = at;
    while (at < header.size() && !is_space(header[at]) && header[at] != '#') ++at;
    if (at == header.size()) return {};
    words.push_back(header.substr(begin, at - begin));
  }
  return words;
}

std::uint64_t number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() ? value : 0;
}

}  // namespace

Status PpmReader::parse_header() {
  const auto words = header_words(header_);
  if (words[0] != "P6" || words[3] != "255") return invalid("this is not a raw 8-bit PPM");
  const std::uint64_t width = number(words[1]), height = number(words[2]);
  QUIRE_TRY(check_image_size(width, height, limits_));
  image_ = Image(static_cast<int>(width), static_cast<int>(height));
  has_size_ = true;
  return {};
}

// What is left of the bytes when the header is complete.
std::string_view PpmReader::take_header(std::string_view bytes) {
  while (!has_size_ && status_.ok() && !bytes.empty()) {
    header_ += bytes.front();
    bytes.remove_prefix(1);
    if (header_.size() > kMaxHeader || (header_.size() == 2 && header_ != "P6")) {
      status_ = invalid("this is not a raw 8-bit PPM");
    } else if (is_space(header_.back()) && !header_words(header_).empty()) {
      status_ = parse_header();
    }
  }
  return bytes;
}

bool PpmReader::push(std::string_view bytes) {
  bytes = take_header(bytes);
  if (!status_.ok()) return false;
  if (bytes.size() > image_.rgb.size() - filled_) {
    status_ = invalid("the PPM goes on after its picture");
    return false;
  }
  std::copy(bytes.begin(), bytes.end(), image_.rgb.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += bytes.size();
  return true;
}

Result<Image> PpmReader::finish() {
  QUIRE_TRY(status_);
  if (!has_size_ || filled_ < image_.rgb.size()) return invalid("the PPM is cut short");
  return std::move(image_);
}

}  // namespace quire
