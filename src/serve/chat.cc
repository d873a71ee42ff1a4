// POST /v1/chat/completions.
#include <nlohmann/json.hpp>

#include "format/image_file.h"
#include "image/orientation.h"
#include "infer/read_pictures.h"
#include "serve/api_error.h"
#include "serve/chat_answer.h"
#include "serve/chat_request.h"
#include "serve/handlers.h"
#include "serve/stop_words.h"

namespace quire {
namespace {

Result<std::vector<Image>> decode_pictures(const ChatRequest& request, const ServeLimits& limits) {
  std::vector<Image> pictures;
  unsigned long long left = limits.pixels;
  for (const auto& bytes : request.pictures) {
    auto decoded = decode_image(bytes, {std::min(left, limits.picture_pixels)});
    const std::string place = "picture " + std::to_string(pictures.size() + 1);
    QUIRE_TRY(decoded.status().at(place));
    left -= static_cast<unsigned long long>(decoded->image.width) * decoded->image.height;
    pictures.push_back(apply_orientation(std::move(decoded->image), decoded->exif_orientation));
  }
  return pictures;
}

// What there is to say about a request that this model cannot have meant.
Status check_for(const Engine& engine, const ChatRequest& request) {
  if (request.model != engine.name) {
    return not_found("there is one model here, " + engine.name + ", and none named '" +
                     request.model.substr(0, 80) + "'");
  }
  if (engine.reads_pages_only() && request.pictures.empty()) {
    return unsupported(engine.name +
                       " reads the text of folded pages and can be asked nothing else; send a "
                       "page as an image_url");
  }
  return {};
}

// An answer on its way: streamed piece by piece, or whole at the end.
class Telling {
 public:
  Telling(const Call& call, const ChatRequest& request, const std::string& model)
      : call_(call), request_(request), answer_(model), stop_(request.stop) {}

  // On whatever thread decodes; does not wait.
  void piece(std::string_view text) { show(stop_.push(text)); }
  bool stopped() const { return stop_.found(); }

  void finish(ReadStatus status) {
    show(stop_.finish());
    if (stopped()) status = ReadStatus::kOk;
    if (!request_.stream) {
      return call_.reply.send(json_response(answer_.whole(text_, status, usage)));
    }
    if (!begun_) show_first("");
    call_.reply.write(answer_.finish(status));
    if (request_.include_usage) call_.reply.write(answer_.usage(usage));
    call_.reply.write(std::string(ChatAnswer::kEnd));
    call_.reply.end();
  }

  void fail(const HttpResponse& error) {
    if (begun_) call_.reply.write(ChatAnswer::failure(error.body));
    call_.reply.send(error);  // does nothing where the answer has begun
    call_.reply.end();
  }

  Usage usage;

 private:
  void show(const std::string& text) {
    if (text.empty()) return;
    if (!request_.stream) {
      text_ += text;
    } else if (!begun_) {
      show_first(text);
    } else {
      call_.reply.push(answer_.piece(text, false));
    }
  }
  void show_first(const std::string& text) {
    begun_ = true;
    call_.reply.begin({200, "text/event-stream", answer_.piece(text, true)});
  }

  const Call& call_;
  const ChatRequest& request_;
  ChatAnswer answer_;
  StopWords stop_;
  std::string text_;
  bool begun_ = false;
};

class Chat {
 public:
  Chat(const Engine& engine, const ChatRequest& request, const Turn& turn, Telling& telling)
      : engine_(engine), request_(request), turn_(turn), telling_(telling) {}

  Result<ReadStatus> run() {
    const auto pictures = decode_pictures(request_, engine_.limits);
    QUIRE_TRY(pictures);
    if (!engine_.reads_pages_only()) return read(*pictures, request_.prompt);
    // Such a model takes one page at a time; the pages of a request are one text.
    ReadStatus status = ReadStatus::kOk;
    for (std::size_t i = 0; i < pictures->size() && is_success(status); ++i) {
      if (i > 0) telling_.piece("\n");
      const auto page = read({&(*pictures)[i], 1}, "");
      QUIRE_TRY(page);
      status = *page;
    }
    return status;
  }

 private:
  Result<ReadStatus> read(std::span<const Image> pictures, const std::string& prompt) {
    Usage& usage = telling_.usage;
    if (usage.answer_tokens >= request_.max_tokens) return ReadStatus::kLimit;
    ReadRequest question;
    question.prompt = prompt;
    question.mode = request_.mode;
    question.retries = 0;  // what was said cannot be taken back
    question.max_tokens = request_.max_tokens - usage.answer_tokens;
    question.temperature = request_.temperature;
    question.seed = request_.seed;
    question.cancel = turn_.cancel;
    question.on_text = [this](std::string_view piece) {
      telling_.piece(piece);
      return !telling_.stopped();
    };
    const auto reading = read_pictures(turn_.reader, pictures, question);
    QUIRE_TRY(reading);
    usage.vision_tokens += reading->sequence_tokens;
    if (!engine_.reads_pages_only()) {
      usage.text_tokens += reading->answer.prompt_tokens - reading->sequence_tokens;
    }
    usage.answer_tokens += reading->answer.tokens;
    return telling_.stopped() ? ReadStatus::kOk : reading->answer.status;  // at its stop word
  }

  const Engine& engine_;
  const ChatRequest& request_;
  const Turn& turn_;
  Telling& telling_;
};

}  // namespace

void complete_chat(Engine& engine, const Call& call) {
  const auto request = parse_chat_request(call.request.body, engine.limits);
  if (!request) return call.reply.send(bad_request(request.status()));
  if (const Status status = check_for(engine, *request); !status.ok()) {
    return call.reply.send(error_response(status));
  }
  Telling telling(call, *request, engine.name);
  Result<ReadStatus> ended = internal("");
  const bool had_turn = engine.in_turn(
      call, [&](const Turn& mine) { ended = Chat(engine, *request, mine, telling).run(); });
  engine.metrics.add("vision_tokens", telling.usage.vision_tokens);
  engine.metrics.add("answer_tokens", telling.usage.answer_tokens);
  if (!had_turn) return call.reply.send(too_busy());
  if (!ended) return telling.fail(error_response(ended.status()));
  telling.finish(*ended);
}

}  // namespace quire
