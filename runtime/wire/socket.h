// Socket: the socket type and the coroutine helpers of runtime/wire. Internal: it exposes asio.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tideline::wire {

using Socket = asio::ip::tcp::socket;

template <typename T = void>
using Task = asio::awaitable<T>;

// Lets co_await store a failure in `problem` instead of throwing it.
inline auto into(asio::error_code& problem) {
  return asio::redirect_error(asio::use_awaitable, problem);
}

// Disables Nagle's delay, keeps little unsent data in the kernel (where it cannot be withdrawn), and detects dead
// peers. During an outage, the kernel retries at least every second (Linux 6.15), without exponential back-off.
void tune(Socket& socket);

// Returns the bytes written to the socket that the peer's kernel has not acknowledged.
Bytes unacknowledged(Socket& socket);

// Returns "127.0.0.1:7070", or "?" if the socket is not connected.
std::string remote_name(const Socket& socket);

asio::ip::address remote_address(const Socket& socket);  // Unspecified if not connected.

// Returns the problem in a few words.
std::string words_for(const asio::error_code& problem);

Task<> sleep_for(Duration duration);

// Runs `part`; passes the text of an exception, except for a cancellation, to `on_throw`.
Task<> guarded(Task<> part, std::function<void(std::string)> on_throw);

// BufferWalk: a position in several pieces of memory, for gather writes and scatter reads. `Buffer` is an asio buffer.
template <typename Buffer>
class BufferWalk {
 public:
  explicit BufferWalk(std::vector<Buffer> pieces) : pieces_(std::move(pieces)) {
    for (const Buffer& piece : pieces_) left_ += piece.size();
    skip_empty();
  }

  std::size_t left() const { return left_; }

  // Returns the next pieces, together at most `limit` bytes.
  std::vector<Buffer> next(std::size_t limit) const {
    constexpr std::size_t kMostPieces = 64;  // asio passes at most so many to the kernel at once.
    std::vector<Buffer> out;
    for (std::size_t i = at_; i < pieces_.size() && limit > 0 && out.size() < kMostPieces; ++i) {
      out.push_back(asio::buffer(pieces_[i], limit));
      limit -= out.back().size();
    }
    return out;
  }

  void advance(std::size_t bytes) {
    left_ -= bytes;
    while (bytes > 0) {
      const std::size_t step = std::min(bytes, pieces_[at_].size());
      pieces_[at_] += step;
      bytes -= step;
      skip_empty();
    }
  }

 private:
  void skip_empty() {
    while (at_ < pieces_.size() && pieces_[at_].size() == 0) ++at_;
  }

  std::vector<Buffer> pieces_;
  std::size_t at_ = 0;
  std::size_t left_ = 0;
};

}  // namespace tideline::wire
