// ClientDeparture: notices that a client ends its connection while its request is in progress.
//
//   ClientDeparture departure(socket, [&] { timer.cancel(); });
//   request.left = departure.seen();  // Any thread may read it.
//
// A client that only ends its own side (shutdown) has left, too: that looks the same. One that has sent more than the
// request is not watched; over TLS, so has one that takes leave (close_notify). Internal: it shows asio. Belongs to the
// I/O thread.
#pragma once

#include "runtime/wire/socket.h"

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace tideline::http {

class ClientDeparture {
 public:
  // Calls `on_left` at most once. REQUIRES: until *this ends, the socket lives and nobody else waits for it.
  ClientDeparture(wire::Socket& socket, std::function<void()> on_left)
      : socket_(socket), watch_(std::make_shared<Watch>(std::move(on_left))) {
    socket.async_wait(wire::Socket::wait_read, [&socket, watch = watch_](const asio::error_code& stopped) {
      if (stopped || !watch->on_left || !has_ended(socket)) return;
      watch->left = true;
      watch->on_left();
    });
  }
  ~ClientDeparture() {
    watch_->on_left = {};
    asio::error_code ignored;
    socket_.cancel(ignored);
  }
  ClientDeparture(const ClientDeparture&) = delete;
  ClientDeparture& operator=(const ClientDeparture&) = delete;

  std::shared_ptr<const std::atomic<bool>> seen() const { return {watch_, &watch_->left}; }

 private:
  struct Watch {
    explicit Watch(std::function<void()> call) : on_left(std::move(call)) {}
    std::function<void()> on_left;  // Empty: nobody watches any more.
    std::atomic<bool> left{false};
  };

  static bool has_ended(wire::Socket& socket) {
    char next = 0;
    asio::error_code problem;
    socket.receive(asio::buffer(&next, 1), wire::Socket::message_peek, problem);
    return problem && problem != asio::error::would_block && problem != asio::error::try_again;
  }

  wire::Socket& socket_;
  const std::shared_ptr<Watch> watch_;
};

}  // namespace tideline::http
