#include "fold/fold.h"

#include <algorithm>

#include "base/bytes.h"
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
  PageFolder(const PageReader& reader, const FoldOptions& options)
      : reader_(reader), options_(options) {}

  // Fills in what the options ask for; the spans in `page` live as long as this object.
  Status complete(const Image& picture, std::string_view source, QuirePage& page,
                  FoldBill::PageCost& cost) {
    auto png = encode_png(picture);
    QUIRE_TRY(png);
    png_ = *std::move(png);
    page.picture = as_bytes(png_);
    if (!options_.exact && !options_.cache_tokens) return {};

    auto tokens = reader_.encode(picture);
    QUIRE_TRY(tokens);
    if (options_.cache_tokens) QUIRE_TRY(cache(*tokens, page));
    if (!options_.exact) return {};
    // Unfolding will start from the cached, rounded tokens, so the reading here must too.
    if (page.tokens) *tokens = page.tokens->tensor();
    const auto reading = read_page(reader_, *tokens, page.head);
    QUIRE_TRY(reading);
    correction_ = make_correction(reading->text, source);
    page.correction = as_bytes(correction_);
    cost.correction_bytes = correction_.size();
    cost.accuracy = one_minus_ed(decode_utf8_lossy(reading->text), decode_utf8_lossy(source));
    return {};
  }

 private:
  Status cache(const Tensor& tokens, QuirePage& page) {
    auto values = from_float(*options_.cache_tokens, tokens.values);
    QUIRE_TRY(values);
    tokens_ = *std::move(values);
    page.tokens = QuireTokens{*options_.cache_tokens, static_cast<std::uint32_t>(tokens.dim(0)),
                              static_cast<std::uint32_t>(tokens.dim(1)), tokens_};
    return {};
  }

  const PageReader& reader_;
  const FoldOptions& options_;
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
  for (std::u32string_view rest = text.drawn; !rest.empty();) {
    auto set = set_next_page(rest, plan.layout, font);
    QUIRE_TRY(set);
    rest.remove_prefix(set->text_end);

    QuirePage page;
    page.head.mode = plan.mode.name;
    page.head.layout = plan.layout;
    page.head.fixed_pitch = font.monospaced();
    page.head.characters = static_cast<std::uint32_t>(set->text_end);
    FoldBill::PageCost cost{page.head, plan.vision_tokens()};
    PageFolder folder(reader, options);
    const Status done = folder.complete(set->picture, source.take(set->text_end), page, cost);
    QUIRE_TRY(done.at("page " + std::to_string(bill.pages.size() + 1)));
    QUIRE_TRY(sink.write(encoder.page(page)));

    bill.pages.push_back(cost);
    bill.vision_tokens += static_cast<std::uint64_t>(plan.vision_tokens());
    bill.sequence_tokens += static_cast<std::uint64_t>(plan.sequence_tokens());
    bill.correction_bytes += cost.correction_bytes;
    if (sink.on_page) QUIRE_TRY(sink.on_page(*set, bill.pages.size()));
  }
  QUIRE_TRY(sink.write(encoder.finish()));
  bill.file_bytes = encoder.bytes();
  return bill;
}

}  // namespace quire
