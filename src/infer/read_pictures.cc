#include "infer/read_pictures.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "infer/passes.h"
#include "infer/preprocess.h"
#include "model/model.h"
#include "text/strip.h"

namespace quire {
namespace {

// Pictures seen in one mode.
struct Sight {
  Mode mode;
  std::vector<Tensor> pictures;  // each (sequence tokens, hidden)
};

class Reading {
 public:
  Reading(const Reader& reader, std::span<const Image> pictures, const ReadRequest& request)
      : reader_(reader), pictures_(pictures), request_(request) {}

  Result<PictureReading> run() {
    Way first{{},
              request_.guard,
              request_.temperature,
              request_.seed};  // without pictures there is no mode, and no second look
    if (!pictures_.empty()) first.mode = request_.mode ? *request_.mode : *find_mode(kDefaultMode);
    Result<Climb> climbed =
        climb(ladder(first, request_.retries), [this](const Way& way) { return attempt(way); });
    QUIRE_TRY(climbed);
    reading_.answer = std::move(climbed->answer);
    reading_.attempts = std::move(climbed->attempts);
    reading_.chosen = climbed->chosen;
    const Mode& mode = reading_.attempts[reading_.chosen].way.mode;
    for (const Image& picture : pictures_) {
      const int w = picture.width, h = picture.height;
      reading_.vision_tokens += mode.vision_tokens(w, h, request_.max_tiles);
      reading_.sequence_tokens += mode.sequence_tokens(w, h, request_.max_tiles);
    }
    return std::move(reading_);
  }

 private:
  Result<Answer> attempt(const Way& way) {
    const Result<const Sight*> sight = look(way.mode);
    QUIRE_TRY(sight);
    Question question;
    question.prompt = request_.prompt;
    question.guard = way.guard;
    question.temperature = way.temperature;
    question.seed = way.seed;
    question.max_tokens = request_.max_tokens;
    question.on_text = request_.on_text;
    question.cancel = request_.cancel;
    question.on_token = [this](std::size_t tokens) {
      progress_.tokens = tokens;
      show_progress();
      return true;
    };
    Result<Answer> answer = ask(reader_, (*sight)->pictures, question);
    if (answer) {
      reading_.prefill_seconds += answer->prefill_seconds;
      reading_.decode_seconds += answer->decode_seconds;
    }
    ++progress_.attempt;
    progress_.tokens = 0;
    return answer;
  }

  // The pictures in this mode; encoded once, however often they are asked about.
  Result<const Sight*> look(const Mode& mode) {
    for (const Sight& sight : sights_) {
      if (sight.mode.name == mode.name) return &sight;
    }
    progress_.views = 0;
    Sight sight{mode, {}};
    for (const Image& picture : pictures_) {
      const double begin = steady_seconds();
      const Result<Views> views = make_views(picture, mode, request_.max_tiles);
      QUIRE_TRY(views);
      const double cut = steady_seconds();
      const auto on_view = [this] {
        ++progress_.views;
        show_progress();
      };
      Result<Tensor> tokens = reader_.encode(*views, on_view, request_.cancel);
      QUIRE_TRY(tokens);
      sight.pictures.push_back(*std::move(tokens));
      reading_.image_seconds += cut - begin;
      reading_.encode_seconds += steady_seconds() - cut;
    }
    sights_.push_back(std::move(sight));
    return &sights_.back();
  }

  void show_progress() const {
    if (request_.on_progress) request_.on_progress(progress_);
  }

  const Reader& reader_;
  std::span<const Image> pictures_;
  const ReadRequest& request_;

  PictureReading reading_;
  ReadProgress progress_;
  std::vector<Sight> sights_;
};

// The mode whose view is the picture as it is, else the smallest.
Mode own_mode(const Image& picture) {
  for (const Mode& mode : kModes) {
    if (mode.tile_side == 0 && mode.view_side == picture.width && mode.view_side == picture.height)
      return mode;
  }
  return kModes[0];
}

Result<PictureReading> read_in_passes(const Reader& reader, std::span<const Image> pictures,
                                      const ReadRequest& request) {
  if (pictures.size() != 1) {
    return unsupported("this model reads one picture at a time and takes no prompt, not " +
                       std::to_string(pictures.size()) + " pictures");
  }
  const Image& picture = pictures[0];
  const Mode mode = request.mode ? *request.mode : own_mode(picture);
  if (mode.tile_side > 0) {
    return unsupported("this model reads a page in one view, and '" + std::string(mode.name) +
                       "' cuts it; take tiny, small, base or large");
  }
  PictureReading reading;
  ReadProgress progress;
  const double begin = steady_seconds();
  const Result<Views> views = make_views(picture, mode);
  QUIRE_TRY(views);
  const double cut = steady_seconds();
  const Result<Tensor> tokens = reader.encode(views->global);
  QUIRE_TRY(tokens);
  const double encoded = steady_seconds();
  progress.views = 1;
  ReadOptions options;
  options.cancel = request.cancel;
  options.max_tokens = static_cast<int>(std::min<std::size_t>(request.max_tokens, 1 << 20));
  options.on_token = [&](std::size_t count) {
    progress.tokens = count;
    if (request.on_progress) request.on_progress(progress);
    return true;
  };
  Result<PageReading> page = reader.read(*tokens, options);
  QUIRE_TRY(page);

  reading.image_seconds = cut - begin;
  reading.encode_seconds = encoded - cut;
  reading.decode_seconds = steady_seconds() - encoded;
  reading.vision_tokens = mode.vision_tokens(picture.width, picture.height);
  reading.sequence_tokens = mode.sequence_tokens(picture.width, picture.height);
  const auto side = static_cast<std::size_t>(side_tokens(views->global.width));
  reading.answer.text = strip(flow_lines(page->text, side));
  if (request.on_text && !reading.answer.text.empty()) request.on_text(reading.answer.text);
  reading.answer.status = page->status;
  reading.answer.tokens = page->tokens;
  reading.answer.probability = std::move(page->confidence);
  Attempt attempt;
  attempt.way = {mode, *find_ngram_preset("off")};
  attempt.status = page->status;
  attempt.tokens = page->tokens;
  attempt.seconds = steady_seconds() - begin;
  reading.attempts.push_back(std::move(attempt));
  return reading;
}

}  // namespace

Result<PictureReading> read_pictures(const Reader& reader, std::span<const Image> pictures,
                                     const ReadRequest& request) {
  QUIRE_TRY(request.cancel.status());
  if (reader.reads_in_passes()) return read_in_passes(reader, pictures, request);
  return Reading(reader, pictures, request).run();
}

}  // namespace quire
