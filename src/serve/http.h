// A request and its answer, without the library that carries them: what the handlers of this room
// see, and what tests can make by hand.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace quire {

struct HttpHeader {
  std::string name, value;
};

struct HttpRequest {
  std::string method;  // "POST"
  std::string target;  // as sent: "/v1/read?format=md"
  std::vector<HttpHeader> headers;
  std::string body;
  std::string id;      // of this request, for logs and for the answer's X-Request-Id
  std::string client;  // the address it came from

  std::string_view path() const;                                  // "/v1/read"
  std::string_view header(std::string_view name) const;           // "" when absent; any case
  std::optional<std::string> query(std::string_view name) const;  // percent-decoded
};

struct HttpResponse {
  int status = 200;
  std::string type = "application/json";
  std::string body = {};
  std::vector<HttpHeader> headers = {};
};

// One answer on its way to a client: send(), or begin(), any number of write(), end(). Safe to use
// from any thread.
class Reply {
 public:
  virtual ~Reply() = default;

  virtual void send(HttpResponse response) = 0;

  // A streamed answer; the head's body is its first piece.
  virtual void begin(HttpResponse head) = 0;
  // Waits while the client reads more slowly than we write. False: nobody listens any more.
  virtual bool write(std::string piece) = 0;
  // The same for a thread that must not wait; a client who is far behind is given up.
  virtual bool push(std::string piece) = 0;
  virtual void end() = 0;
  // Breaks a streamed answer off, so that the client sees that it is not whole.
  virtual void abandon() = 0;

  // Asked to stop when the client has left, or the server will not wait for this request any
  // longer. Callbacks run on the thread that reads and writes, and must not block.
  virtual std::stop_token left() const = 0;
  bool gone() const { return left().stop_requested(); }
};

// "%41+b" is "A b"; what is no escape stays as it is.
std::string percent_decoded(std::string_view text);

bool same_name(std::string_view a, std::string_view b);  // of headers: letters of either case

}  // namespace quire
