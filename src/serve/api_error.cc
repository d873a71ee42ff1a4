#include "serve/api_error.h"

#include <nlohmann/json.hpp>

namespace quire {
namespace {

struct Row {
  Code code;
  int http_status;
  std::string_view name;
};
constexpr Row kRows[] = {
    {Code::kInvalid, 400, "invalid_value"}, {Code::kUnsupported, 400, "unsupported"},
    {Code::kNotFound, 404, "not_found"},    {Code::kLimit, 413, "too_large"},
    {Code::kTimeout, 504, "timeout"},       {Code::kCancelled, 503, "cancelled"},
};

constexpr int kSecondsToComeAgain = 2;

constexpr std::string_view kOurFault =
    "the server failed at this request; its log says why, under the request id";

std::string body(std::string_view type, std::string_view code, std::string_view message) {
  const nlohmann::ordered_json json = {
      {"error", {{"message", message}, {"type", type}, {"param", nullptr}, {"code", code}}}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string_view type_of(int http_status) {
  switch (http_status) {
    case 401:
    case 403:
      return "authentication_error";
    case 429:
      return "rate_limit_error";
    default:
      return http_status < 500 ? "invalid_request_error" : "server_error";
  }
}

}  // namespace

HttpResponse error_response(int http_status, std::string_view code, std::string_view message) {
  return {http_status, "application/json", body(type_of(http_status), code, message)};
}

HttpResponse error_response(const Status& status) {
  for (const Row& row : kRows) {
    if (row.code == status.code()) {
      return error_response(row.http_status, row.name, status.message());
    }
  }
  return error_response(500, "internal", kOurFault);
}

HttpResponse bad_request(const Status& status) {
  if (status.code() != Code::kNotFound) return error_response(status);
  return error_response(400, "invalid_value", status.message());
}

HttpResponse come_again(int http_status, std::string_view message, int seconds) {
  HttpResponse response = error_response(http_status, "overloaded", message);
  response.headers.push_back({"Retry-After", std::to_string(seconds)});
  return response;
}

HttpResponse too_busy() {
  return come_again(429, "the server has as much to do as it takes; come again",
                    kSecondsToComeAgain);
}

std::string error_json(const Status& status) { return error_response(status).body; }

}  // namespace quire
