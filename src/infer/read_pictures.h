// The way of a document page through the model: pictures to views, views to embeddings, the prompt
// around them, decoding under guards, and other ways of all that when the answer does not end.
//
// A model that reads in passes (infer/reader.h) takes no prompt: it reads one picture in one view,
// as it stands, and there is nothing to try differently.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/status.h"
#include "format/image.h"
#include "infer/reader.h"
#include "infer/retry.h"

namespace quire {

inline constexpr std::string_view kDefaultMode = "gundam";

// How far a reading is.
struct ReadProgress {
  std::size_t attempt = 1;
  std::size_t views = 0;   // begun, in this attempt
  std::size_t tokens = 0;  // generated, in this attempt
};

struct ReadRequest {
  std::string prompt;  // an <image> for each picture; none for a text prompt
  // Without one: kDefaultMode, or for a model that reads in passes the mode of the picture's own
  // size, tiny where there is none.
  std::optional<Mode> mode = {};
  int max_tiles = kMaxTiles;
  NgramPreset guard = kDefaultGuard;
  int retries = kMaxRetries;
  std::size_t max_tokens = 8192;  // for each attempt
  float temperature = 0;          // of the first attempt
  std::uint64_t seed = 0;
  std::function<void(const ReadProgress&)> on_progress = {};
  // Called with the answer as it grows (Question::on_text). A second attempt begins anew, so with
  // this there had better be no retries. A model that reads in passes gives all its text at the
  // end.
  std::function<bool(std::string_view piece)> on_text = {};
  Cancel cancel = {};
};

struct PictureReading {
  Answer answer;
  std::vector<Attempt> attempts;
  std::size_t chosen = 0;           // the attempt that `answer` is
  std::size_t vision_tokens = 0;    // of all pictures, in the chosen attempt's mode
  std::size_t sequence_tokens = 0;  // the same with newlines and separators
  // All attempts together, the others' decoding too.
  double image_seconds = 0, encode_seconds = 0, prefill_seconds = 0, decode_seconds = 0;
};

// Pictures must be upright (image/upright.h). Errors: a prompt that does not fit the pictures or
// the context, a mode the model cannot read in; kCancelled and kTimeout.
Result<PictureReading> read_pictures(const Reader& reader, std::span<const Image> pictures,
                                     const ReadRequest& request);

}  // namespace quire
