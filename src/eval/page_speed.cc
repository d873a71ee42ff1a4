#include "eval/page_speed.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "eval/median.h"
#include "fold/fold.h"
#include "fold/unfold.h"

namespace quire {
namespace {

// The same text in every run: words of one to ten letters.
std::string words(std::size_t characters) {
  std::string text;
  std::uint32_t state = 1;
  const auto random = [&state](std::uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  while (text.size() < characters) {
    for (std::uint32_t left = 1 + random(10); left > 0; --left)
      text += static_cast<char>('a' + random(26));
    text += ' ';
  }
  text.resize(characters - 1);
  return text + '.';
}

struct RoundTrip {
  double fold_seconds = 0, unfold_seconds = 0;
  std::size_t pages = 0;
};

Result<RoundTrip> there_and_back(const SourceText& text, const PageReader& reader, Font& font,
                                 const PagePlan& plan) {
  RoundTrip trip;
  double start = steady_seconds();
  std::string bytes;
  FoldSink sink;
  sink.write = [&bytes](std::string_view more) -> Status {
    bytes += more;
    return {};
  };
  const auto bill = fold(text, text.chars / 4, "estimate", plan, font, reader, {}, sink);
  QUIRE_TRY(bill);
  trip.fold_seconds = steady_seconds() - start;
  trip.pages = bill->pages.size();

  start = steady_seconds();
  const auto file = QuireFile::parse(as_bytes(bytes));
  QUIRE_TRY(file);
  const auto unfolded = unfold(*file, reader);
  QUIRE_TRY(unfolded);
  trip.unfold_seconds = steady_seconds() - start;
  return trip;
}

}  // namespace

Result<PageSpeed> measure_pages(const Reader& reader, Font& font, const PagePlan& plan,
                                const PageSpeedOptions& options) {
  const auto page = check_text(words(options.characters));
  QUIRE_TRY(page);
  const auto book = check_text(words(options.characters * options.batch));
  QUIRE_TRY(book);
  const PageReader pages = PageReader::of_reader(reader);

  PageSpeed speed;
  speed.characters = options.characters;
  std::vector<double> fold_seconds, unfold_seconds, book_seconds;
  for (int i = 0; i < options.repeats + 1; ++i) {
    const auto one = there_and_back(*page, pages, font, plan);
    QUIRE_TRY(one);
    if (i == 0) continue;  // cold
    fold_seconds.push_back(one->fold_seconds);
    unfold_seconds.push_back(one->unfold_seconds);
    const auto many = there_and_back(*book, pages, font, plan);
    QUIRE_TRY(many);
    speed.batch_pages = many->pages;
    book_seconds.push_back(many->fold_seconds + many->unfold_seconds);
  }
  speed.fold_seconds = median(std::move(fold_seconds));
  speed.unfold_seconds = median(std::move(unfold_seconds));
  const double seconds = median(std::move(book_seconds));
  speed.batch_pages_per_s = static_cast<double>(speed.batch_pages) / seconds;
  speed.batch_characters_per_s = static_cast<double>(book->chars) / seconds;
  return speed;
}

}  // namespace quire
