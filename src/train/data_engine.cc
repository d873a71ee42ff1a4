#include "train/data_engine.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "text/utf8.h"

namespace quire::train {
namespace {

namespace fs = std::filesystem;

constexpr int kPatch = 16;

// std::uniform_int_distribution differs between libraries; pages must not.
std::size_t below(std::mt19937_64& random, std::size_t n) {
  return static_cast<std::size_t>(random() % n);
}
double unit(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// What the alphabet cannot say is left out of the training text; lines stay lines.
std::u32string keep_known(const std::u32string& text, const Alphabet& alphabet) {
  std::u32string kept;
  kept.reserve(text.size());
  for (const char32_t c : text) {
    if (c == U'\n' || alphabet.char_class(c) != 0) kept += c;
  }
  return kept;
}

}  // namespace

Result<std::unique_ptr<DataEngine>> DataEngine::open(const DataOptions& options,
                                                     const Alphabet& alphabet) {
  std::unique_ptr<DataEngine> engine(new DataEngine(options, alphabet));
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options.texts, error)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  if (error || files.empty()) {
    return not_found(options.texts + ": no training texts there; scripts/get_texts fetches them");
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    Result<std::string> bytes = read_file(path.string());
    if (!bytes) return bytes.status();
    const std::u32string text = keep_known(decode_utf8_lossy(*bytes), alphabet);
    const std::string name = path.filename().string();
    if (name == "words.txt") {
      std::u32string word;
      for (const char32_t c : text) {
        if (c != U'\n') {
          word += c;
        } else if (!word.empty()) {
          engine->words_.push_back(std::exchange(word, {}));
        }
      }
    } else if (text.size() > 1000) {
      (name.starts_with("prose") ? engine->prose_ : engine->other_).push_back({name, text});
    }
  }
  if (engine->prose_.empty() || engine->words_.empty()) {
    return not_found(options.texts +
                     ": needs prose_*.txt and words.txt; scripts/get_texts makes them");
  }
  if (engine->other_.empty()) engine->other_.push_back(engine->prose_.front());
  for (const std::string& name : options.fonts) {
    Result<Font> font = Font::open(name, {"DejaVuSansMono"});
    if (!font) return font.status();
    engine->fonts_.push_back(std::move(*font));
  }
  if (engine->fonts_.empty()) return invalid("the recipe names no fonts");
  return engine;
}

std::u32string DataEngine::pick_text(const BatchRequest& request, std::size_t length,
                                     std::mt19937_64& random) const {
  // A quarter of the pages ends early, so that the reader learns what the end looks like.
  if (unit(random) < 0.25) length = 1 + below(random, length);
  std::u32string text;
  const double kind = unit(random);
  if (kind < request.hard_text * 0.6) {  // random words, now and then capitals, numbers and stops
    while (text.size() < length) {
      std::u32string word = words_[below(random, words_.size())];
      const std::size_t dress = below(random, 12);
      if (dress == 0) word = decode_utf8_lossy(std::to_string(below(random, 100000)));
      if (dress == 1) word += U",.;:!?"[below(random, 6)];
      text += word;
      text += below(random, 60) == 0 ? U'\n' : U' ';
    }
  } else if (kind < request.hard_text) {  // random letters: nothing to guess, everything to read
    const std::u32string& all = alphabet_.characters();
    const std::size_t range = unit(random) < 0.5 ? 95 : all.size();
    const bool lower = unit(random) < 0.5;
    while (text.size() < length) {
      for (std::size_t n = 1 + below(random, 10); n > 0; --n) {
        text += lower && below(random, 8) != 0 ? static_cast<char32_t>(U'a' + below(random, 26))
                                               : all[below(random, range)];
      }
      text += U' ';
    }
  } else {
    const auto& corpora = unit(random) < 0.8 ? prose_ : other_;
    // Files by the square root of their size: large ones more often, small ones not lost.
    std::vector<double> weights;
    for (const Corpus& corpus : corpora)
      weights.push_back(std::sqrt(static_cast<double>(corpus.text.size())));
    double sum = 0;
    for (const double w : weights) sum += w;
    double at = unit(random) * sum;
    std::size_t which = 0;
    while (which + 1 < weights.size() && at >= weights[which]) at -= weights[which++];
    const std::u32string& source = corpora[which].text;
    std::size_t begin = below(random, source.size() > length ? source.size() - length : 1);
    while (begin > 0 && source[begin - 1] != U' ' && source[begin - 1] != U'\n') --begin;
    text = source.substr(begin, length);
  }
  text.resize(std::min(text.size(), length));
  return text;
}

Batch DataEngine::make(const BatchRequest& request, std::uint64_t index) {
  std::mt19937_64 random(options_.seed * 0x9E3779B97F4A7C15ull + index);
  const int64_t q = request.side / kTokenPixels, g = request.side / kPatch;
  const int m = request.density.across, k = request.density.rows;
  PageLayout layout;
  layout.side = request.side;
  layout.columns = static_cast<int>(q) * m;
  layout.rows_per_token = k;

  // A pass is a block of tokens; its text is the part of each line that the block covers.
  const int64_t across = request.columns_per_pass > 0 ? request.columns_per_pass : q;
  const int64_t blocks_down = q / request.rows_per_pass, blocks_across = q / across;
  const int64_t lines = static_cast<int64_t>(k) * request.rows_per_pass, width = across * m;
  const int64_t length = lines * (width + 1);  // characters, newlines between, end at last
  const int64_t passes = request.pages * blocks_down * blocks_across;
  Batch batch;
  batch.density = request.density;
  batch.pixels = torch::empty({request.pages, 3, request.side, request.side}, torch::kUInt8);
  batch.patches = torch::ones({request.pages, g, g, 4}, torch::kLong);  // class 1: a space
  batch.slots = torch::ones({request.pages, q, q, m * k}, torch::kLong);
  batch.input = torch::full({passes, length - 1}, Alphabet::kPad, torch::kLong);
  batch.target = torch::full({passes, length}, -100, torch::kLong);
  batch.places = torch::full({passes, length}, -100, torch::kLong);
  auto patches = batch.patches.accessor<int64_t, 4>();
  auto slots = batch.slots.accessor<int64_t, 4>();
  auto input = batch.input.accessor<int64_t, 2>();
  auto target = batch.target.accessor<int64_t, 2>();
  auto places = batch.places.accessor<int64_t, 2>();

  for (int64_t page_index = 0; page_index < request.pages; ++page_index) {
    Font& font = fonts_[below(random, fonts_.size())];
    layout.ink = 0;
    layout.paper = 255;
    if (unit(random) < 0.3) {
      layout.ink = static_cast<std::uint8_t>(below(random, 80));
      layout.paper = static_cast<std::uint8_t>(200 + below(random, 56));
    }
    const std::u32string text =
        pick_text(request, static_cast<std::size_t>(layout.capacity()), random);
    Result<Rendering> rendering = render_text(text, layout, font);
    QUIRE_CHECK(rendering.ok() && !rendering->pages.empty());
    const Page& page = rendering->pages.front();
    batch.characters += page.glyphs.size();

    std::uint8_t* pixels =
        batch.pixels.data_ptr<std::uint8_t>() + page_index * 3 * request.side * request.side;
    for (int channel = 0; channel < 3; ++channel) {
      for (std::size_t i = 0; i < page.picture.rgb.size() / 3; ++i)
        *pixels++ = page.picture.rgb[i * 3];
    }
    // The glyph whose box covers the centre of each quarter (8 x 8 pixels) of each patch.
    for (const Glyph& glyph : page.glyphs) {
      const int64_t cls = alphabet_.char_class(glyph.character);
      const auto first = [](float edge) { return static_cast<int64_t>(std::ceil((edge - 4) / 8)); };
      for (int64_t y = std::max<int64_t>(0, first(glyph.y0));
           y < 2 * g && static_cast<float>(y * 8 + 4) < glyph.y1; ++y) {
        for (int64_t x = std::max<int64_t>(0, first(glyph.x0));
             x < 2 * g && static_cast<float>(x * 8 + 4) < glyph.x1; ++x) {
          patches[page_index][y / 2][x / 2][(y % 2) * 2 + x % 2] = cls;
        }
      }
    }
    for (std::size_t row = 0; row < page.lines.size(); ++row) {
      for (std::size_t column = 0; column < page.lines[row].size(); ++column) {
        slots[page_index][static_cast<int64_t>(row) / k][static_cast<int64_t>(column) / m]
             [static_cast<int64_t>(row) % k * m + static_cast<int64_t>(column) % m] =
                 alphabet_.char_class(page.lines[row][column]);
      }
    }
    for (int64_t block = 0; block < blocks_down * blocks_across; ++block) {
      const int64_t pass = page_index * blocks_down * blocks_across + block;
      const std::size_t top = static_cast<std::size_t>(block / blocks_across * lines);
      const std::size_t left = static_cast<std::size_t>(block % blocks_across * width);
      int64_t n = 0, line = 0, column = 0;
      const auto say = [&](int token) {
        target[pass][n] = token;
        if (line < kPlaceLines && column < kPlaceColumns)
          places[pass][n] = line * kPlaceColumns + column;
        ++column;
        if (n < length - 1) input[pass][n] = token;
        ++n;
      };
      for (std::size_t row = top;
           row < top + static_cast<std::size_t>(lines) && row < page.lines.size(); ++row) {
        if (page.lines[row].size() <= left) break;  // only the last line of a text ends early
        if (row > top) {
          say(alphabet_.token(U'\n'));
          ++line;
          column = 0;
        }
        for (const char32_t c : page.lines[row].substr(left, static_cast<std::size_t>(width)))
          say(alphabet_.token(c));
      }
      say(Alphabet::kEos);
    }
  }
  return batch;
}

}  // namespace quire::train
