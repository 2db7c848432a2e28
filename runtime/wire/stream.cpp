#include "runtime/wire/stream.h"

#include <asio/post.hpp>

#include <utility>

namespace tideline::wire {
namespace {

constexpr std::uint64_t kTurnRecords = 64;  // 1 MiB, or some tenths of a millisecond.

}  // namespace

// Not in the header: g++ 12 warns of an uninitialised member if it sees the move of a new socket.
Stream::Stream(Socket socket) : socket_(std::move(socket)) {}

Task<asio::error_code> Stream::secure(const TlsContext& context, std::string peer) {
  tls_ = std::make_unique<TlsSession>(context, socket_.native_handle(), peer);
  rested_at_ = 0;
  for (;;) {
    asio::error_code problem = tls_->handshake();
    if (problem != asio::error::would_block) co_return problem;
    co_await ready(problem);
    if (problem) co_return problem;
  }
}

// Waits until the socket is ready for the step that returned would_block.
Task<> Stream::ready(asio::error_code& problem) {
  const auto what = tls_->wants_write() ? Socket::wait_write : Socket::wait_read;
  co_await socket_.async_wait(what, into(problem));
  rested_at_ = tls_->worked();
}

// Yields the thread after kTurnRecords records: received bytes are read without waiting, so a fast peer would otherwise
// occupy it. Reports a socket that was closed meanwhile: its descriptor may belong to another socket by now.
Task<> Stream::take_turn(asio::error_code& problem) {
  problem = {};
  if (tls_->worked() - rested_at_ >= kTurnRecords) {
    rested_at_ = tls_->worked();
    co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  }
  if (!socket_.is_open()) problem = asio::error::operation_aborted;
}

Task<std::size_t> Stream::read_in_turn(std::vector<asio::mutable_buffer> parts, asio::error_code& problem) {
  std::size_t size = 0;
  if (tls_)
    size = co_await read_records(std::move(parts), problem);
  else
    size = co_await socket_.async_read_some(parts, into(problem));
  if (!problem) co_await turnstile_->pass();
  co_return size;
}

Task<std::size_t> Stream::read_records(std::vector<asio::mutable_buffer> parts, asio::error_code& problem) {
  co_await take_turn(problem);
  if (problem) co_return 0;
  std::size_t size = tls_->read(parts, problem);
  while (problem == asio::error::would_block) {
    co_await ready(problem);
    if (!problem) size = tls_->read(parts, problem);
  }
  co_return size;
}

Task<std::size_t> Stream::write_record(std::vector<asio::const_buffer> parts, asio::error_code& problem) {
  co_await take_turn(problem);
  if (problem) co_return 0;
  std::size_t size = tls_->write(parts, problem);
  while (problem == asio::error::would_block) {
    co_await ready(problem);
    if (!problem) size = tls_->write(parts, problem);
  }
  co_return size;
}

Task<asio::error_code> Stream::write_all(std::vector<asio::const_buffer> parts) {
  BufferWalk<asio::const_buffer> walk(std::move(parts));
  asio::error_code problem;
  while (walk.left() > 0 && !problem) walk.advance(co_await write_some(walk.next(walk.left()), problem));
  co_return problem;
}

void Stream::finish() {
  if (tls_) tls_->finish();
  asio::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  if (tls_ && socket_.is_open()) tls_->finish();
  asio::error_code ignored;
  socket_.close(ignored);
}

}  // namespace tideline::wire
