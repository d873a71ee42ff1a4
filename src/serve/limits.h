// What the server refuses to pass, each with the reason for its size. All of it is the same for
// everybody; docs/serve.md lists it.
#pragma once

#include <cstddef>

namespace quire {

struct ServeLimits {
  // Of one request.
  std::size_t header_bytes = 16 << 10;
  std::size_t body_bytes = std::size_t{64} << 20;  // a scanned PDF of some hundred pages
  std::size_t json_depth = 16, json_values = 200'000;
  std::size_t pictures = 32;
  unsigned long long picture_pixels = 50'000'000;  // A2 at 300 dots an inch, before it is shrunk
  unsigned long long pixels = 100'000'000;         // of all pictures of a request
  std::size_t pages = 500;
  std::size_t tokens = 8192;     // generated for one page or answer
  double request_seconds = 600;  // from the body's last byte to the answer's

  // Of all together.
  std::size_t bodies_bytes = std::size_t{512} << 20;  // that wait or are worked on
  std::size_t connections = 1024;
  std::size_t jobs = 1000;  // kept, ended ones too: with the largest bodies a disk of 64 GB
  std::size_t running =
      64;  // requests in the hands of a thread, most of them waiting for the model
  std::size_t waiting = 192;  // behind those; then 429

  // A client has so long for its header; for its body, and for taking the answer, so long and
  // another second for every bytes_per_second. An idle connection is closed after head_seconds.
  double head_seconds = 20, body_seconds = 20;
  std::size_t bytes_per_second = 64 << 10;
};

}  // namespace quire
