#include "serve/chat_request.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "serve/data_url.h"
#include "text/prompt.h"

namespace quire {
namespace {

class Parser {
 public:
  Parser(const Json& json, const ServeLimits& limits) : json_(json), limits_(limits) {}

  Result<ChatRequest> run() {
    QUIRE_TRY(refuse_what_we_lack());
    QUIRE_TRY(settings());
    QUIRE_TRY(messages());
    return std::move(request_);
  }

 private:
  // Fields that would change the answer, and that a client must not think were heeded.
  Status refuse_what_we_lack() const {
    for (const char* name : {"tools", "functions", "audio", "prediction"}) {
      const Json* field = find_key(json_, name);
      if (field != nullptr && !field->empty()) {
        return unsupported(std::string(name) + ": this model calls nothing; leave the field out");
      }
    }
    if (const Json* format = find_key(json_, "response_format")) {
      const auto type = get_string(*format, "type", "text");
      QUIRE_TRY(type.status().at("response_format"));
      if (*type != "text") return unsupported("response_format: only text can be had");
    }
    const auto logprobs = get_bool(json_, "logprobs", false);
    QUIRE_TRY(logprobs);
    if (*logprobs) return unsupported("logprobs: not to be had from this server");
    const auto n = get_int(json_, "n", 1, {1, 128});
    QUIRE_TRY(n);
    if (*n != 1) return unsupported("n: one answer can be had, not " + std::to_string(*n));
    return {};
  }

  Status settings() {
    auto model = get_string(json_, "model");
    QUIRE_TRY(model);
    request_.model = *std::move(model);
    const auto most = static_cast<std::int64_t>(limits_.tokens);
    const auto old_name = get_int(json_, "max_tokens", most, {1, 1'000'000});
    QUIRE_TRY(old_name);
    const auto max_tokens = get_int(json_, "max_completion_tokens", *old_name, {1, 1'000'000});
    QUIRE_TRY(max_tokens);
    request_.max_tokens = static_cast<std::size_t>(std::min(*max_tokens, most));
    const auto temperature = get_number(json_, "temperature", 0);
    QUIRE_TRY(temperature);
    if (!(*temperature >= 0 && *temperature <= 2)) return invalid("temperature: from 0 to 2");
    request_.temperature = static_cast<float>(*temperature);
    const auto top_p = get_number(json_, "top_p", 1);
    QUIRE_TRY(top_p);
    if (!(*top_p >= 0 && *top_p <= 1)) return invalid("top_p: from 0 to 1");
    const auto seed = get_int(json_, "seed", 0);
    QUIRE_TRY(seed);
    request_.seed = static_cast<std::uint64_t>(*seed);
    const auto stream = get_bool(json_, "stream", false);
    QUIRE_TRY(stream);
    request_.stream = *stream;
    if (const Json* options = find_key(json_, "stream_options")) {
      if (!options->is_object()) return invalid("stream_options: an object is wanted");
      const auto usage = get_bool(*options, "include_usage", false);
      QUIRE_TRY(usage.status().at("stream_options"));
      request_.include_usage = *usage;
    }
    return stop_words();
  }

  Status stop_words() {
    const Json* stop = find_key(json_, "stop");
    if (stop == nullptr) return {};
    const Json list = stop->is_array() ? *stop : Json::array({*stop});
    if (list.size() > 4) return invalid("stop: at most four");
    for (const Json& word : list) {
      if (!word.is_string() || word.get_ref<const std::string&>().empty()) {
        return invalid("stop: strings that are not empty are wanted");
      }
      request_.stop.push_back(word.get<std::string>());
    }
    return {};
  }

  Status messages() {
    const Json* messages = find_key(json_, "messages");
    if (messages == nullptr || !messages->is_array() || messages->empty()) {
      return invalid("messages: a list with at least one message is wanted");
    }
    for (std::size_t i = 0; i < messages->size(); ++i) {
      const Status status = message((*messages)[i]);
      QUIRE_TRY(status.at("messages[" + std::to_string(i) + "]"));
    }
    return place_pictures();
  }

  Status message(const Json& message) {
    if (!message.is_object()) return invalid("an object is wanted");
    QUIRE_TRY(get_string(message, "role"));
    const Json* content = find_key(message, "content");
    if (content == nullptr) return {};
    if (content->is_string()) return text(content->get<std::string>());
    if (!content->is_array()) return invalid("content: a text or a list of parts is wanted");
    for (std::size_t i = 0; i < content->size(); ++i) {
      QUIRE_TRY(part((*content)[i]).at("content[" + std::to_string(i) + "]"));
    }
    return {};
  }

  Status part(const Json& part) {
    const auto type = get_string(part, "type");
    QUIRE_TRY(type);
    if (*type == "text") {
      auto words = get_string(part, "text");
      QUIRE_TRY(words);
      return text(*std::move(words));
    }
    if (*type == "image_url") return picture(part);
    return unsupported("type: text or image_url, not '" + type->substr(0, 40) + "'");
  }

  Status text(std::string words) {
    if (words.empty()) return {};
    marks_ += count_marks(words);
    pieces_.push_back(std::move(words));
    return {};
  }

  Status picture(const Json& part) {
    if (request_.pictures.size() == limits_.pictures) {
      return over_limit("more than " + std::to_string(limits_.pictures) +
                        " pictures, the limit of one request");
    }
    const Json* url = find_key(part, "image_url");
    if (url == nullptr) return invalid("image_url: {\"url\": \"data:...\"} is wanted");
    Result<std::string> address =
        url->is_string() ? url->get<std::string>() : get_string(*url, "url");
    QUIRE_TRY(address.status().at("image_url"));
    if (url->is_object()) {
      const auto detail = get_string(*url, "detail", "auto");
      QUIRE_TRY(detail.status().at("image_url"));
      QUIRE_TRY(heed_detail(*detail));
    }
    auto bytes = decode_data_url(*address);
    QUIRE_TRY(bytes.status().at("image_url"));
    request_.pictures.push_back(*std::move(bytes));
    pieces_.push_back({});  // where its <image> goes
    return {};
  }

  // OpenAI's three words, and the names of our modes.
  Status heed_detail(const std::string& detail) {
    if (detail == "auto") return {};
    const auto mode = find_mode(detail == "low" ? "tiny" : detail == "high" ? "gundam" : detail);
    if (!mode) return mode.status().at("image_url.detail");
    if (request_.mode && request_.mode->name != mode->name) {
      return unsupported("image_url.detail: all pictures of a request are read in one mode");
    }
    request_.mode = *mode;
    return {};
  }

  static std::size_t count_marks(std::string_view words) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = words.find(kImageMark, at)) != std::string_view::npos;
         at += kImageMark.size()) {
      ++count;
    }
    return count;
  }

  Status place_pictures() {
    const std::size_t pictures = request_.pictures.size();
    if (marks_ != 0 && marks_ != pictures) {
      return invalid("messages: the text has " + std::to_string(marks_) +
                     " <image>, and there are " + std::to_string(pictures) +
                     " pictures; leave the marks out, or have one for each picture");
    }
    for (const std::string& piece : pieces_) {
      if (piece.empty() && marks_ != 0) continue;
      if (!request_.prompt.empty()) request_.prompt += '\n';
      request_.prompt += piece.empty() ? kImageMark : std::string_view(piece);
    }
    if (request_.prompt.empty()) return invalid("messages: there is neither a text nor a picture");
    return {};
  }

  const Json& json_;
  const ServeLimits& limits_;
  ChatRequest request_;
  std::vector<std::string> pieces_;  // texts; "" for a picture
  std::size_t marks_ = 0;            // <image> in the texts
};

}  // namespace

Result<ChatRequest> parse_chat_request(std::string_view body, const ServeLimits& limits) {
  const auto json = parse_json(body, {limits.body_bytes, limits.json_depth, limits.json_values});
  QUIRE_TRY(json);
  if (!json->is_object()) return invalid("the body: a JSON object is wanted");
  return Parser(*json, limits).run();
}

}  // namespace quire
