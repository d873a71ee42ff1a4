// Unlimited training pages with exact ground truth: real text, random words and random letters,
// drawn by the renderer that draws the pages people fold, in many faces and sizes.
//
// Page number i of a seed is always the same page, whatever was drawn before it, so a run that was
// killed goes on where it stopped.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/status.h"
#include "render/page.h"
#include "train/alphabet.h"
#include "train/torch.h"

namespace quire::train {

struct DataOptions {
  std::string texts = "data/texts/train";  // *.txt, UTF-8; the file's first word says its kind
  std::vector<std::string> fonts;          // names or files, as Font::open takes them
  std::uint64_t seed = 1;
};

// Characters across a token and rows in a token: what one vision token has to hold.
struct Density {
  int across = 7, rows = 3;
};

// Places of a block that the decoder can be asked to name: line * kPlaceColumns + column.
inline constexpr int kPlaceLines = 12, kPlaceColumns = 24, kPlaces = kPlaceLines * kPlaceColumns;

struct BatchRequest {
  int side = 512, pages = 4;
  Density density;
  int rows_per_pass = 1;     // token rows and columns of the block that the decoder reads at
  int columns_per_pass = 2;  // once; 0 columns: all of them
  double hard_text = 0.35;   // share of pages that carry random words or letters
};

// q = side / 64 token rows; passes = pages * (q / rows_per_pass) * (q / columns_per_pass),
// row-major.
struct Batch {
  torch::Tensor pixels;   // (pages, 3, side, side) uint8
  torch::Tensor patches;  // (pages, 4q, 4q, 4) class at the centre of each quarter of a patch
  torch::Tensor slots;    // (pages, q, q, rows * across) class of every character of a token
  torch::Tensor input;    // (passes, L) token ids that the decoder is given after the pictures
  torch::Tensor target;   // (passes, L + 1) what it should say, -100 where nothing is asked
  torch::Tensor places;   // (passes, L + 1) place of each target; -100 beyond the lines and columns
  Density density;
  std::size_t characters = 0;
};

class DataEngine {
 public:
  static Result<std::unique_ptr<DataEngine>> open(const DataOptions& options,
                                                  const Alphabet& alphabet);

  Batch make(const BatchRequest& request, std::uint64_t index);

 private:
  struct Corpus {
    std::string name;
    std::u32string text;
  };
  DataEngine(DataOptions options, const Alphabet& alphabet)
      : options_(std::move(options)), alphabet_(alphabet) {}

  std::u32string pick_text(const BatchRequest& request, std::size_t length,
                           std::mt19937_64& random) const;

  DataOptions options_;
  const Alphabet& alphabet_;
  std::vector<Corpus> prose_, other_;
  std::vector<std::u32string> words_;
  std::vector<Font> fonts_;
};

}  // namespace quire::train
