// RawClient: a blocking TCP connection to a port of this machine that sends and shows the very bytes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

struct RawReply {
  int status = 0;
  std::string head;
  std::string body;

  bool has(std::string_view header) const { return head.find(header) != std::string::npos; }
};

class RawClient {
 public:
  // `from`: its own address, any of 127.0.0.0/8.
  explicit RawClient(std::uint16_t port, std::uint32_t from = INADDR_LOOPBACK)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(from);
    if (from != INADDR_LOOPBACK) ::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    const int yes = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }

  // Reads up to and with `mark`; what came until then when the peer closes or says nothing for long.
  std::string read_to(std::string_view mark) {
    while (got_.find(mark) == std::string::npos && more()) {
    }
    const std::size_t at = got_.find(mark);
    return take(at == std::string::npos ? got_.size() : at + mark.size());
  }

  // Reads one answer; nothing when the connection ends before it does.
  std::optional<RawReply> reply(bool has_body = true) {
    RawReply reply;
    reply.head = read_to("\r\n\r\n");
    if (!reply.head.ends_with("\r\n\r\n") || reply.head.size() < 12) return std::nullopt;
    reply.status = std::stoi(reply.head.substr(9, 3));
    std::size_t length = 0;
    const std::size_t at = reply.head.find("Content-Length: ");
    if (at != std::string::npos) std::from_chars(&reply.head[at + 16], reply.head.data() + reply.head.size(), length);
    if (!has_body) length = 0;
    while (got_.size() < length && more()) {
    }
    if (got_.size() < length) return std::nullopt;
    reply.body = take(length);
    return reply;
  }

  // Returns true iff the server ends the connection, whatever it says before.
  bool closed() {
    while (more()) {
    }
    return ended_;
  }

 private:
  bool more() {
    pollfd readable{fd_, POLLIN, 0};
    if (::poll(&readable, 1, 20'000) != 1) return false;
    char chunk[65536];
    const ssize_t size = ::recv(fd_, chunk, sizeof chunk, 0);
    if (size <= 0) ended_ = true;
    if (size > 0) got_.append(chunk, static_cast<std::size_t>(size));
    return size > 0;
  }
  std::string take(std::size_t size) {
    std::string taken = got_.substr(0, size);
    got_.erase(0, size);
    return taken;
  }

  const int fd_;
  bool connected_ = false;
  bool ended_ = false;
  std::string got_;
};

inline std::string get(std::string_view path, std::string_view headers = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n";
}

inline std::string post(std::string_view path, std::string_view body, std::string_view headers = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

// Asks once on a connection of its own.
inline std::optional<RawReply> ask(std::uint16_t port, std::string_view request) {
  RawClient client(port);
  if (!client.connected() || !client.send(request)) return std::nullopt;
  return client.reply();
}

}  // namespace tideline::http
