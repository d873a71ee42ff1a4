#include "fold/fold.h"

#include <algorithm>
#include <deque>

#include "base/bytes.h"
#include "base/thread_pool.h"
#include "fold/correction.h"
#include "format/png.h"
#include "text/edit_distance.h"
#include "text/utf8.h"

namespace quire {
namespace {

// Thin letters of a proportional face: up to four in the place of an average one.
constexpr std::size_t kThinLetters = 4;

// The next page of the text, set alone, so that a long text never stands in memory as pictures.
Result<Page> set_next_page(std::u32string_view rest, const PageLayout& layout, Font& font) {
  const auto capacity = static_cast<std::size_t>(layout.capacity());
  const auto reach = font.monospaced() ? capacity : capacity * kThinLetters;
  auto rendering = render_text(rest.substr(0, reach), layout, font);
  QUIRE_TRY(rendering);
  QUIRE_CHECK(!rendering->pages.empty());
  return std::move(rendering->pages.front());
}

// One page on its way into the file.
class PageFolder {
 public:
  PageFolder(Page set, std::string_view source, const PagePlan& plan, bool fixed_pitch)
      : set_(std::move(set)), source_(source) {
    page_.head.mode = plan.mode.name;
    page_.head.layout = plan.layout;
    page_.head.fixed_pitch = fixed_pitch;
    page_.head.characters = static_cast<std::uint32_t>(set_.text_end);
    cost_ = {page_.head, plan.vision_tokens()};
  }

  // Does what the options ask for.
  void complete(const PageReader& reader, const FoldOptions& options) {
    done_ = run(reader, options);
  }

  const Status& done() const { return done_; }
  const Page& set() const { return set_; }
  const QuirePage& page() const { return page_; }  // its spans live as long as this object
  const FoldBill::PageCost& cost() const { return cost_; }

 private:
  Status run(const PageReader& reader, const FoldOptions& options) {
    auto png = encode_png(set_.picture);
    QUIRE_TRY(png);
    png_ = *std::move(png);
    page_.picture = as_bytes(png_);
    if (!options.exact && !options.cache_tokens) return {};

    auto tokens = reader.encode(set_.picture);
    QUIRE_TRY(tokens);
    if (options.cache_tokens) QUIRE_TRY(cache(*options.cache_tokens, *tokens));
    if (!options.exact) return {};
    // Unfolding will start from the cached, rounded tokens, so the reading here must too.
    if (page_.tokens) *tokens = page_.tokens->tensor();
    const auto reading = read_page(reader, *tokens, page_.head);
    QUIRE_TRY(reading);
    correction_ = make_correction(reading->text, source_);
    page_.correction = as_bytes(correction_);
    cost_.correction_bytes = correction_.size();
    cost_.accuracy = one_minus_ed(decode_utf8_lossy(reading->text), decode_utf8_lossy(source_));
    return {};
  }

  Status cache(DType type, const Tensor& tokens) {
    auto values = from_float(type, tokens.values);
    QUIRE_TRY(values);
    tokens_ = *std::move(values);
    page_.tokens = QuireTokens{type, static_cast<std::uint32_t>(tokens.dim(0)),
                               static_cast<std::uint32_t>(tokens.dim(1)), tokens_};
    return {};
  }

  Page set_;
  std::string_view source_;
  QuirePage page_;
  FoldBill::PageCost cost_;
  Status done_;
  std::string png_, correction_;
  std::vector<std::uint8_t> tokens_;
};

}  // namespace

std::size_t count_pages(const SourceText& text, const PagePlan& plan) {
  const auto capacity = static_cast<std::size_t>(plan.layout.capacity());
  return (text.drawn.size() + capacity - 1) / capacity;
}

Result<FoldBill> fold(const SourceText& text, std::uint64_t text_tokens,
                      const std::string& text_tokenizer, const PagePlan& plan, Font& font,
                      const PageReader& reader, const FoldOptions& options, const FoldSink& sink) {
  if (count_pages(text, plan) > kMaxQuirePages) {
    return over_limit("the text would take more than " + std::to_string(kMaxQuirePages) +
                      " pages; split it and fold the parts");
  }
  FoldBill bill;
  bill.text_tokens = text_tokens;
  QuirePlan header;
  header.program = options.program;
  header.font = font.name();
  header.model = reader.fingerprint;
  header.text_tokenizer = text_tokenizer;
  header.text_bytes = text.bytes.size();
  header.text_chars = text.chars;
  header.text_tokens = text_tokens;
  header.unknown_chars = text.unknown;
  header.expected_accuracy = plan.expected_accuracy;
  header.exact = options.exact;

  QuireEncoder encoder;
  QUIRE_TRY(sink.write(encoder.begin(header)));
  SourceCursor source(text.bytes);
  const std::size_t at_once =
      reader.side_by_side ? static_cast<std::size_t>(default_pool().threads()) : 1;
  for (std::u32string_view rest = text.drawn; !rest.empty();) {
    std::deque<PageFolder> round;
    while (!rest.empty() && round.size() < at_once) {
      auto set = set_next_page(rest, plan.layout, font);
      QUIRE_TRY(set);
      const std::size_t length = set->text_end;
      round.emplace_back(*std::move(set), source.take(length), plan, font.monospaced());
      rest.remove_prefix(length);
    }
    for_each_page(reader, round.size(), [&](std::size_t i) { round[i].complete(reader, options); });
    for (const PageFolder& folder : round) {
      QUIRE_TRY(folder.done().at("page " + std::to_string(bill.pages.size() + 1)));
      QUIRE_TRY(sink.write(encoder.page(folder.page())));
      bill.pages.push_back(folder.cost());
      bill.vision_tokens += static_cast<std::uint64_t>(plan.vision_tokens());
      bill.sequence_tokens += static_cast<std::uint64_t>(plan.sequence_tokens());
      bill.correction_bytes += folder.cost().correction_bytes;
      if (sink.on_page) QUIRE_TRY(sink.on_page(folder.set(), bill.pages.size()));
    }
  }
  QUIRE_TRY(sink.write(encoder.finish()));
  bill.file_bytes = encoder.bytes();
  return bill;
}

}  // namespace quire
