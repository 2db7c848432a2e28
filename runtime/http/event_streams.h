// EventStreams: the event stream of one server: its kept events, and how many clients read it.
//
//   EventStreams events(io, {.clients = 64});
//   events.publish(text, std::chrono::system_clock::now());  // Wakes the clients that wait.
//   const auto place = events.enter("192.0.2.7");            // For a client: an error if too many read already.
//   co_await events.next();                                  // Until there is another event, or the server ends.
//
// Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/http/event_log.h"
#include "runtime/wire/socket.h"

#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace tideline::http {

class EventStreams {
 public:
  struct Options {
    std::size_t clients = 64;  // That read at once,
    std::size_t per_peer = 8;  // and those of them that one address or network has.
    Bytes kept = 2_MiB;        // Of past events.
  };

  EventStreams(asio::io_context& io, const Options& options)
      : options_(options), log_(options.kept), news_(io, asio::steady_timer::time_point::max()) {}

  const EventLog& log() const { return log_; }
  bool closed() const { return closed_; }

  void publish(std::string_view text, std::chrono::system_clock::time_point at) {
    log_.append(text, at);
    wake();
  }

  // Returns a place, which a client of `peer` keeps while it reads. Returns overloaded if all are taken, or all that
  // one peer may have. REQUIRES: *this outlives it.
  Result<std::shared_ptr<void>> enter(const std::string& peer) {
    if (reading_ >= options_.clients)
      return error(ErrorKind::overloaded, "{} clients read events already; retry later", reading_);
    const auto of_peer = by_peer_.find(peer);
    if (of_peer != by_peer_.end() && of_peer->second >= options_.per_peer)
      return error(ErrorKind::overloaded, "{} clients of your address read events already; close one, or retry later",
                   of_peer->second);
    ++reading_;
    ++by_peer_[peer];
    return std::shared_ptr<void>(this, [peer](EventStreams* left) { left->leave(peer); });
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
  void leave(const std::string& peer) {
    --reading_;
    const auto of_peer = by_peer_.find(peer);
    if (--of_peer->second == 0) by_peer_.erase(of_peer);
  }

  const Options options_;
  EventLog log_;
  asio::steady_timer news_;  // Never expires; cancelled to wake those that wait.
  std::size_t reading_ = 0;
  std::map<std::string, std::size_t> by_peer_;  // How many of those each has; without those that have none.
  bool closed_ = false;
};

}  // namespace tideline::http
