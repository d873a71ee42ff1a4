#include "fold/quire_file.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "fold/little_endian.h"
#include "fold/quire_layout.h"
#include "format/checksum.h"
#include "format/json.h"

namespace quire {
namespace {

std::string at_byte(std::uint64_t offset) { return " at byte " + std::to_string(offset); }

Status cut_short(std::uint64_t offset) {
  return invalid("the file is cut short: it ends inside the section" + at_byte(offset) +
                 "; copy or fold it again");
}

// A tag as it may be shown: what is not printable becomes '?'.
std::string shown(std::string_view tag) {
  std::string text(tag);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

Status check_header(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return invalid("the file is empty, not a .quire");
  const std::string_view magic = as_text(bytes.first(std::min(bytes.size(), kQuireMagic.size())));
  if (magic != kQuireMagic.substr(0, magic.size())) {
    return invalid("not a .quire file: the first bytes are not its mark");
  }
  if (bytes.size() < kHeaderBytes) {
    return invalid("the file is cut short: " + std::to_string(bytes.size()) +
                   " bytes end inside the header; copy or fold it again");
  }
  if (crc32(bytes.first(12)) != get<std::uint32_t>(bytes, 12)) {
    return invalid("the checksum of the header (bytes 0 to 15) is wrong: the file is damaged");
  }
  const auto version = get<std::uint32_t>(bytes, 8);
  if (version != kQuireVersion) {
    return unsupported("a .quire of version " + std::to_string(version) +
                       "; this program reads version " + std::to_string(kQuireVersion) +
                       ", a newer one may read it");
  }
  return {};
}

Result<QuirePlan> parse_plan(std::string_view payload) {
  const auto json = parse_json(payload, {.max_bytes = kMaxPlanBytes, .max_depth = 8});
  QUIRE_TRY(json);
  if (!json->is_object()) return invalid("must be a JSON object");
  QuirePlan plan;
  const auto text = [&](const char* key, std::string& value) -> Status {
    auto found = get_string(*json, key);
    QUIRE_TRY(found);
    value = *std::move(found);
    return {};
  };
  const auto number = [&](const char* key, std::uint64_t& value) -> Status {
    const auto found = get_int(*json, key, {}, {0, std::int64_t{1} << 40});
    QUIRE_TRY(found);
    value = static_cast<std::uint64_t>(*found);
    return {};
  };
  QUIRE_TRY(text("program", plan.program));
  QUIRE_TRY(text("font", plan.font));
  QUIRE_TRY(text("model", plan.model));
  QUIRE_TRY(text("text_tokenizer", plan.text_tokenizer));
  QUIRE_TRY(number("text_bytes", plan.text_bytes));
  QUIRE_TRY(number("text_chars", plan.text_chars));
  QUIRE_TRY(number("text_tokens", plan.text_tokens));
  QUIRE_TRY(number("unknown_chars", plan.unknown_chars));
  const auto exact = get_bool(*json, "exact", false);
  QUIRE_TRY(exact);
  plan.exact = *exact;
  if (find_key(*json, "expected_accuracy") != nullptr) {
    const auto accuracy = get_number(*json, "expected_accuracy");
    QUIRE_TRY(accuracy);
    if (!(*accuracy >= 0 && *accuracy <= 1)) {
      return invalid("\"expected_accuracy\" must lie between 0 and 1");
    }
    plan.expected_accuracy = *accuracy;
  }
  return plan;
}

Result<QuirePageHead> parse_page_head(std::span<const std::uint8_t> payload, std::uint32_t number) {
  if (payload.size() <= kPageHeadBytes) return invalid("holds no picture");
  const auto stored = get<std::uint32_t>(payload, 0);
  if (stored != number) {
    return invalid("says it is page " + std::to_string(std::uint64_t{stored} + 1));
  }
  QuirePageHead head;
  const std::string_view mode = as_text(payload.subspan(4, kModeBytes));
  head.mode = mode.substr(0, mode.find('\0'));
  const bool clean = std::all_of(head.mode.begin(), head.mode.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }) &&
                     mode.find_first_not_of('\0', head.mode.size()) == std::string_view::npos;
  if (head.mode.empty() || !clean) return invalid("the name of its mode is not one");

  head.layout.side = get<std::uint16_t>(payload, 12);
  head.layout.columns = get<std::uint16_t>(payload, 14);
  head.layout.rows_per_token = get<std::uint16_t>(payload, 16);
  const auto flags = get<std::uint16_t>(payload, 18);
  head.characters = get<std::uint32_t>(payload, 20);
  if ((flags & ~kFixedPitch) != 0) return invalid("has flags that version 1 does not know");
  head.fixed_pitch = flags == kFixedPitch;

  const int side = head.layout.side;
  if (side == 0 || side % kTokenPixels != 0 || side > kMaxPageSide) {
    return invalid("a side of " + std::to_string(side) + " pixels: must be a multiple of " +
                   std::to_string(kTokenPixels) + " up to " + std::to_string(kMaxPageSide));
  }
  const int rows_per_token = head.layout.rows_per_token;
  if (head.layout.columns == 0 || head.layout.columns > side || rows_per_token == 0 ||
      rows_per_token > kMaxRowsPerToken) {
    return invalid(std::to_string(head.layout.columns) + " columns and " +
                   std::to_string(rows_per_token) + " rows for each row of tokens: no such layout");
  }
  // Thin letters of a proportional face: no more than four in the place of an average one.
  const std::int64_t most = std::int64_t{head.layout.capacity()} * (head.fixed_pitch ? 1 : 4);
  if (head.characters == 0 || head.characters > most) {
    return invalid(std::to_string(head.characters) + " characters: its layout holds 1 to " +
                   std::to_string(most));
  }
  return head;
}

Result<QuireTokens> parse_tokens(std::span<const std::uint8_t> payload, const PageLayout& layout) {
  if (payload.size() < kTokensHeadBytes) return invalid("cached tokens: no room for their head");
  QuireTokens tokens;
  tokens.rows = get<std::uint32_t>(payload, 0);
  tokens.width = get<std::uint32_t>(payload, 4);
  const auto type = get<std::uint32_t>(payload, 8);
  if (type != kTokensF32 && type != kTokensF16) {
    return invalid("cached tokens of type " + std::to_string(type) +
                   ", which version 1 does not know");
  }
  tokens.dtype = type == kTokensF16 ? DType::kF16 : DType::kF32;
  tokens.values = payload.subspan(kTokensHeadBytes);
  const auto across = static_cast<std::uint64_t>(layout.side / kTokenPixels);
  if (tokens.rows != across * across) {
    return invalid(std::to_string(tokens.rows) + " cached tokens; the page has " +
                   std::to_string(across * across));
  }
  const std::uint64_t value_bytes = type == kTokensF16 ? 2 : 4;
  if (tokens.width == 0 || tokens.width > kMaxPageBytes ||
      tokens.values.size() != tokens.rows * value_bytes * tokens.width) {
    return invalid("cached tokens of width " + std::to_string(tokens.width) + " do not take " +
                   std::to_string(tokens.values.size()) + " bytes");
  }
  return tokens;
}

}  // namespace

// Walks the sections, front to back.
class QuireParser {
 public:
  explicit QuireParser(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  Result<QuireFile> parse() {
    QUIRE_TRY(check_header(bytes_));
    at_ = kHeaderBytes;
    bool ended = false;
    for (bool first = true; !ended; first = false) {
      QUIRE_TRY(take_section());
      if (first != (tag_ == kPlanTag)) {
        return invalid("the section" + at_byte(begin_) + " is '" + shown(tag_) + "' where " +
                       (first ? "the plan" : "a page or the end") + " should be");
      }
      if (tag_ == kPlanTag) {
        QUIRE_TRY(take_plan());
      } else if (tag_ == kPageTag) {
        QUIRE_TRY(take_page());
      } else if (tag_ == kTokensTag || tag_ == kCorrectionTag) {
        QUIRE_TRY(take_extra());
      } else if (tag_ == kEndTag) {
        QUIRE_TRY(take_end());
        ended = true;
      } else {
        return invalid("the section" + at_byte(begin_) + " is '" + shown(tag_) +
                       "', which version 1 does not have");
      }
    }
    file_.size_ = bytes_.size();
    return std::move(file_);
  }

 private:
  // The next section's tag and payload; whether the payload's checksum holds is in intact_.
  Status take_section() {
    begin_ = at_;
    if (bytes_.size() - at_ < kSectionHeadBytes) return cut_short(begin_);
    const auto head = bytes_.subspan(at_, kSectionHeadBytes);
    if (crc32(head.first(16)) != get<std::uint32_t>(head, 16)) {
      return invalid("the checksum of the section head" + at_byte(begin_) +
                     " is wrong: the file is damaged");
    }
    tag_ = as_text(head.first(4));
    const auto length = get<std::uint64_t>(head, 8);
    at_ += kSectionHeadBytes;
    if (length > bytes_.size() - at_) return cut_short(begin_);
    payload_ = bytes_.subspan(at_, static_cast<std::size_t>(length));
    at_ += payload_.size();
    intact_ = crc32(payload_) == get<std::uint32_t>(head, 4);
    return {};
  }

  Status wrong_checksum(const std::string& what) const {
    return invalid("the checksum of " + what + at_byte(begin_) + " is wrong: the file is damaged");
  }

  Status take_plan() {
    if (!intact_) return wrong_checksum("the plan");
    if (payload_.size() > kMaxPlanBytes)
      return over_limit("the plan has more than a million bytes");
    auto plan = parse_plan(as_text(payload_));
    if (!plan) return plan.status().at("plan" + at_byte(begin_));
    file_.plan_ = *std::move(plan);
    return {};
  }

  std::string page_name() const { return "page " + std::to_string(file_.pages_.size()); }

  Status take_page() {
    if (file_.pages_.size() == kMaxQuirePages) {
      return over_limit("more than " + std::to_string(kMaxQuirePages) + " pages");
    }
    const auto number = static_cast<std::uint32_t>(file_.pages_.size());
    QuirePage& page = file_.pages_.emplace_back();
    has_tokens_ = has_correction_ = false;
    if (!intact_) {
      page.damage = wrong_checksum(page_name());
    } else if (payload_.size() > kMaxPageBytes) {
      page.damage = over_limit(page_name() + at_byte(begin_) + " has more than 64 MiB");
    } else if (auto head = parse_page_head(payload_, number); !head) {
      page.damage = head.status().at(page_name() + at_byte(begin_));
    } else {
      page.head = *std::move(head);
      page.picture = payload_.subspan(kPageHeadBytes);
      const auto side = static_cast<std::uint64_t>(page.head.layout.side);
      pixels_ += side * side;
      if (pixels_ > kMaxQuirePixels) {
        return over_limit("the pages have more than " + std::to_string(kMaxQuirePixels) +
                          " pixels together");
      }
    }
    return {};
  }

  // Cached tokens or a correction: at most one of each behind a page, in this order.
  Status take_extra() {
    const bool is_tokens = tag_ == kTokensTag;
    if (file_.pages_.empty() || has_correction_ || (is_tokens && has_tokens_)) {
      return invalid("the section '" + std::string(tag_) + "'" + at_byte(begin_) +
                     " belongs to no page");
    }
    (is_tokens ? has_tokens_ : has_correction_) = true;
    QuirePage& page = file_.pages_.back();
    if (!page.damage.ok()) return {};
    if (!intact_) {
      page.damage =
          wrong_checksum((is_tokens ? "the tokens of " : "the correction of ") + page_name());
    } else if (payload_.size() > kMaxPageBytes) {
      page.damage = over_limit(page_name() + at_byte(begin_) + " has more than 64 MiB");
    } else if (!is_tokens) {
      page.correction = payload_;
    } else if (auto tokens = parse_tokens(payload_, page.head.layout); tokens) {
      page.tokens = *tokens;
    } else {
      page.damage = tokens.status().at(page_name() + at_byte(begin_));
    }
    return {};
  }

  Status take_end() {
    if (!intact_) return wrong_checksum("the end");
    if (payload_.size() != kEndBytes)
      return invalid("the end" + at_byte(begin_) + " has a wrong size");
    const auto total = get<std::uint64_t>(payload_, 0);
    const auto pages = get<std::uint32_t>(payload_, 8);
    if (pages != file_.pages_.size()) {
      return invalid("the file holds " + std::to_string(file_.pages_.size()) + " pages and says " +
                     std::to_string(pages));
    }
    if (total != at_) {
      return invalid("the file says it has " + std::to_string(total) +
                     " bytes, its sections have " + std::to_string(at_));
    }
    if (at_ != bytes_.size()) {
      return invalid(std::to_string(bytes_.size() - at_) + " bytes follow the end" +
                     at_byte(begin_));
    }
    if (pages == 0) return invalid("the file holds no pages");
    return {};
  }

  std::span<const std::uint8_t> bytes_;
  QuireFile file_;
  std::size_t at_ = 0;  // behind the section that was taken last

  // The section that was taken last.
  std::size_t begin_ = 0;
  std::string_view tag_;
  std::span<const std::uint8_t> payload_;
  bool intact_ = false;

  bool has_tokens_ = false, has_correction_ = false;  // of the last page
  std::uint64_t pixels_ = 0;
};

Result<QuireFile> QuireFile::parse(std::span<const std::uint8_t> bytes) {
  return QuireParser(bytes).parse();
}

Result<QuireFile> QuireFile::open(const std::string& path) {
  MappedFile mapped;
  std::vector<std::uint8_t> piped;
  if (path == "-") {
    const auto bytes = read_file(path);
    QUIRE_TRY(bytes);
    piped.assign(bytes->begin(), bytes->end());
  } else {
    auto opened = MappedFile::open(path);
    QUIRE_TRY(opened);
    mapped = *std::move(opened);
  }
  auto file = parse(path == "-" ? std::span<const std::uint8_t>(piped) : mapped.bytes());
  if (!file) return file.status().at(path == "-" ? "standard input" : path);
  file->mapped_ = std::move(mapped);
  file->piped_ = std::move(piped);
  return file;
}

Tensor QuireTokens::tensor() const {
  Tensor tensor(Shape{rows, width});
  to_float(TensorView{dtype, tensor.shape, values}, tensor.data());
  return tensor;
}

}  // namespace quire
