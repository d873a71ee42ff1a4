#include "fold/correction.h"

#include <zlib.h>

#include "base/bytes.h"
#include "fold/diff.h"
#include "fold/little_endian.h"
#include "format/checksum.h"

namespace quire {
namespace {

constexpr std::size_t kHeadBytes = 16;
// Deflate never packs tighter than 1032 to 1 (its own documentation).
constexpr std::size_t kMostPacked = 1040;

std::string deflated(std::string_view bytes) {
  uLongf size = ::compressBound(static_cast<uLong>(bytes.size()));
  std::string out(size, '\0');
  const int result = ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                                 reinterpret_cast<const Bytef*>(bytes.data()),
                                 static_cast<uLong>(bytes.size()), 9);
  QUIRE_CHECK(result == Z_OK);
  out.resize(size);
  return out;
}

Result<std::string> inflated(std::span<const std::uint8_t> packed, std::size_t size) {
  const Status broken = invalid("the correction's edit script is damaged");
  if (size > kMaxCorrectedBytes || size > packed.size() * kMostPacked) return broken;
  std::string out(size, '\0');
  uLongf written = static_cast<uLongf>(size);
  // zlib wants a place to write to even when there is nothing to write.
  Bytef nothing = 0;
  const int result = ::uncompress(size > 0 ? reinterpret_cast<Bytef*>(out.data()) : &nothing,
                                  &written, packed.data(), static_cast<uLong>(packed.size()));
  if (result != Z_OK || written != size) return broken;
  return out;
}

}  // namespace

std::string make_correction(std::string_view reading, std::string_view text) {
  QUIRE_CHECK(reading.size() <= kMaxCorrectedBytes && text.size() <= kMaxCorrectedBytes);
  std::string script;
  std::size_t at = 0;  // in the text
  for (const Edit& edit : diff(reading, text)) {
    put_varint(script, edit.copy);
    put_varint(script, edit.drop);
    put_varint(script, edit.insert);
    at += edit.copy;
    script += text.substr(at, edit.insert);
    at += edit.insert;
  }
  std::string bytes;
  put<std::uint32_t>(bytes, crc32(as_bytes(reading)));
  put<std::uint32_t>(bytes, crc32(as_bytes(text)));
  put<std::uint32_t>(bytes, static_cast<std::uint32_t>(text.size()));
  put<std::uint32_t>(bytes, static_cast<std::uint32_t>(script.size()));
  return bytes + deflated(script);
}

Result<std::string> apply_correction(std::string_view reading,
                                     std::span<const std::uint8_t> correction) {
  if (correction.size() < kHeadBytes) return invalid("the correction is cut short");
  if (get<std::uint32_t>(correction, 0) != crc32(as_bytes(reading))) {
    return invalid(
        "the page was read differently than when it was folded, so its correction does not fit; "
        "unfold on the kind of machine it was folded on, or without the corrections");
  }
  const std::size_t size = get<std::uint32_t>(correction, 8);
  if (size > kMaxCorrectedBytes) return invalid("the correction claims an impossible text");
  const auto script = inflated(correction.subspan(kHeadBytes), get<std::uint32_t>(correction, 12));
  QUIRE_TRY(script);

  const Status wrong = invalid("the correction's edit script does not fit its page");
  std::string text;
  for (std::string_view rest = *script; !rest.empty();) {
    const auto copy = take_varint(rest), drop = take_varint(rest), insert = take_varint(rest);
    if (!copy || !drop || !insert || *copy > reading.size() || *drop > reading.size() - *copy ||
        *insert > rest.size()) {
      return wrong;
    }
    text += reading.substr(0, *copy);
    text += rest.substr(0, *insert);
    reading.remove_prefix(*copy + *drop);
    rest.remove_prefix(*insert);
    if (text.size() > size) return wrong;
  }
  text += reading;
  if (text.size() != size || crc32(as_bytes(text)) != get<std::uint32_t>(correction, 4)) {
    return wrong;
  }
  return text;
}

}  // namespace quire
