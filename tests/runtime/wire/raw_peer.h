// RawPeer and RawListener: blocking sockets that say whatever a test wants, right or wrong.
#pragma once

#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"
#include "tests/runtime/wire/samples.h"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tideline::wire {

struct RawFrame {
  FrameHeader header;
  FrameMeta meta;
  std::vector<std::byte> payload;
};

class RawPeer {
 public:
  explicit RawPeer(std::uint16_t port) {
    socket_.connect({asio::ip::make_address("127.0.0.1"), port});
    be_patient();
  }
  explicit RawPeer(asio::ip::tcp::acceptor& acceptor) {
    acceptor.accept(socket_);
    be_patient();
  }

  // Returns false when the other side has hung up, or takes nothing for a long time.
  bool say(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool say(FrameType type, std::uint64_t id, const FrameMeta& head, std::string_view payload = {}) {
    return say(frame_bytes(type, id, head, payload));
  }

  // Returns nothing when the other side has hung up (or said nothing for a long time).
  std::optional<RawFrame> hear() {
    std::array<std::byte, FrameHeader::kSize> bytes{};
    if (!fill(bytes)) return std::nullopt;
    const Result<FrameHeader> header = decode_header(bytes, Limits{});
    if (!header) return std::nullopt;
    RawFrame frame{*header, FrameMeta(header->meta_size), std::vector<std::byte>(header->payload_size)};
    if (!fill(frame.meta) || !fill(frame.payload)) return std::nullopt;
    return frame;
  }

  // Greets a cloud; returns what it answers.
  std::optional<RawFrame> greet() {
    say(FrameType::hello, 0, encode(Hello{"raw"}));
    return hear();
  }

  // Returns true iff the other side hung up, after however many frames.
  bool hung_up() {
    std::array<std::byte, 4096> bytes{};
    ssize_t size = 1;
    while (size > 0) size = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
    return size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

  void close() { socket_.close(); }
  int handle() { return socket_.native_handle(); }

 private:
  // A test that would hang fails instead. (asio's own blocking calls ignore these.)
  void be_patient() {
    const timeval patience{30, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    socket_.set_option(asio::ip::tcp::no_delay(true));
  }
  bool fill(std::span<std::byte> memory) {
    while (!memory.empty()) {
      const ssize_t size = ::recv(socket_.native_handle(), memory.data(), memory.size(), 0);
      if (size <= 0) return false;
      memory = memory.subspan(static_cast<std::size_t>(size));
    }
    return true;
  }

  std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>();  // Its address must not change.
  asio::ip::tcp::socket socket_{*io_};
};

// A socket that edges connect to, for a test to answer as it likes.
class RawListener {
 public:
  RawListener() : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}) {}
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  asio::ip::tcp::acceptor& acceptor() { return acceptor_; }

 private:
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
};

}  // namespace tideline::wire
