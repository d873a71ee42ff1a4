#include "serve/page_file.h"

#include <cstdio>

#include "base/bytes.h"
#include "format/checksum.h"

namespace quire {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void send_file(const PageFile& file, const std::string& tag, const Call& call) {
  HttpResponse response{200, std::string(file.type)};
  response.headers = {{"Content-Security-Policy", std::string(kPolicy)},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cache-Control", "no-cache"},
                      {"ETag", tag}};
  if (call.request.header("If-None-Match") == tag) {
    response.status = 304;
  } else {
    response.body = file.bytes;
  }
  call.reply.send(std::move(response));
}

}  // namespace

std::vector<Route> page_routes() {
  std::vector<Route> routes;
  for (const PageFile& file : kPageFiles) {
    char tag[16];
    std::snprintf(tag, sizeof tag, "\"%08x\"", crc32(as_bytes(file.bytes)));
    const auto handler = [&file, tag = std::string(tag)](const Call& call) {
      send_file(file, tag, call);
    };
    routes.push_back({"GET", std::string(file.path), 0, Route::kOpen, handler});
    if (file.path == "/index.html") routes.push_back({"GET", "/", 0, Route::kOpen, handler});
  }
  return routes;
}

}  // namespace quire
