// For tests only: a client that sends whatever bytes it is told to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire {

struct Heard {
  int status = 0;          // 0: there was no answer
  std::string head, body;  // the body without its chunks

  // "" when absent; `name` as the server writes it.
  std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    // A server that never answers fails the test instead of hanging it.
    const timeval patience = {600, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) leave();
  }
  ~Client() { leave(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return socket_ >= 0; }
  void leave() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  // False when the server would not take all of it.
  bool say(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next answer; the connection can go on.
  Heard hear() {
    Heard heard;
    std::size_t end;
    while ((end = held_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return heard;
    }
    heard.head = held_.substr(0, end + 2);
    held_.erase(0, end + 4);
    heard.status = std::atoi(heard.head.c_str() + heard.head.find(' '));
    if (heard.header("Transfer-Encoding") == "chunked") {
      hear_chunks(heard);
    } else if (const std::string length = heard.header("Content-Length"); !length.empty()) {
      const std::size_t wanted = std::stoul(length);
      while (held_.size() < wanted && more()) {
      }
      heard.body = held_.substr(0, wanted);
      held_.erase(0, wanted);
    } else if (heard.status >= 200 && heard.status != 304) {
      heard.body = rest();
    }
    return heard;
  }

  // All until the server closes.
  std::string rest() {
    while (more()) {
    }
    return std::exchange(held_, {});
  }

  // One more piece of what it says; "" at the end.
  std::string piece() {
    if (held_.empty()) more();
    return std::exchange(held_, {});
  }

 private:
  bool more() {
    char bytes[65536];
    const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    held_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  void hear_chunks(Heard& heard) {
    for (;;) {
      std::size_t line;
      while ((line = held_.find("\r\n")) == std::string::npos) {
        if (!more()) return;
      }
      const std::size_t size = std::stoul(held_.substr(0, line), nullptr, 16);
      while (held_.size() < line + 4 + size) {
        if (!more()) return;
      }
      heard.body += held_.substr(line + 2, size);
      held_.erase(0, line + 4 + size);
      if (size == 0) return;
    }
  }

  int socket_;
  std::string held_;
};

inline std::string request_text(std::string_view method, std::string_view target,
                                std::string_view body = {}, std::string_view headers = {}) {
  std::string text(method);
  text += " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers);
  if (!body.empty() || method == "POST") {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + "\r\n" + std::string(body);
}

inline Heard ask(std::uint16_t port, std::string_view method, std::string_view target,
                 std::string_view body = {}, std::string_view headers = {}) {
  Client client(port);
  client.say(request_text(method, target, body, headers));
  return client.hear();
}

}  // namespace quire
