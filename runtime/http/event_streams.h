// EventStreams: the event stream of one server: its kept events, and how many clients read it.
//
//   EventStreams events(io, {.clients = 64});
//   events.publish(text, std::chrono::system_clock::now());  // Wakes the clients that wait.
//   const auto place = events.enter();                       // For a client: null if too many read already.
//   co_await events.next();                                  // Until there is another event, or the server ends.
//
// Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/http/event_log.h"
#include "runtime/wire/socket.h"

#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace tideline::http {

class EventStreams {
 public:
  struct Options {
    std::size_t clients = 64;  // That read at once.
    Bytes kept = 2_MiB;        // Of past events.
  };

  EventStreams(asio::io_context& io, const Options& options)
      : options_(options), log_(options.kept), news_(io, asio::steady_timer::time_point::max()) {}

  const EventLog& log() const { return log_; }
  std::size_t most_clients() const { return options_.clients; }
  bool closed() const { return closed_; }

  void publish(std::string_view text, std::chrono::system_clock::time_point at) {
    log_.append(text, at);
    wake();
  }

  // Returns a place, which the client keeps while it reads; null if all are taken. REQUIRES: *this outlives it.
  std::shared_ptr<void> enter() {
    if (reading_ >= options_.clients) return nullptr;
    ++reading_;
    return {this, [](EventStreams* left) { --left->reading_; }};
  }

  // Returns after the next call of publish(), wake() or close(); may return earlier.
  wire::Task<> next() {
    asio::error_code ignored;
    co_await news_.async_wait(wire::into(ignored));
  }

  void wake() { news_.cancel(); }

  // From now on the clients must go.
  void close() {
    closed_ = true;
    wake();
  }

 private:
  const Options options_;
  EventLog log_;
  asio::steady_timer news_;  // Never expires; cancelled to wake those that wait.
  std::size_t reading_ = 0;
  bool closed_ = false;
};

}  // namespace tideline::http
