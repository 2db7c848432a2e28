// DoorSocket: the TCP socket that RESTinio serves on, with the two answers that RESTinio does not give.
//
// "Expect: 100-continue" is granted (curl waits a second for it before it sends a body over 1 MB), and a body that is
// announced larger than the limit is refused with 413 and a sentence, where RESTinio only closes the connection.
// Both are read off the request's head as it passes by (request_watch.h). Included by http_server.cpp alone.
// Belongs to the I/O thread.
#pragma once

#include "runtime/base/units.h"
#include "runtime/http/http_text.h"
#include "runtime/http/request_watch.h"

#include <asio.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include <set>
#include <string_view>
#include <utility>

namespace tideline {

class DoorSocket;

// The sockets of one io_context that have begun to read, and the limit that they keep.
class OpenSockets final : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;

  explicit OpenSockets(asio::execution_context& context, Bytes max_body = {})
      : asio::execution_context::service(context), max_body_(max_body) {}

  Bytes max_body() const { return max_body_; }
  void add(DoorSocket* socket) { sockets_.insert(socket); }
  void remove(DoorSocket* socket) { sockets_.erase(socket); }
  // Ends both directions of every connection: whoever reads or writes one finds out and lets it go.
  void shut_all() const;

 private:
  void shutdown() noexcept override {}

  const Bytes max_body_;
  std::set<DoorSocket*> sockets_;
};

class DoorSocket : public asio::ip::tcp::socket {
  using Stream = asio::ip::tcp::socket;

 public:
  using Stream::basic_stream_socket;
  // RESTinio moves a socket between accept and first read only; `open_` is still null then.
  DoorSocket(DoorSocket&&) = default;
  DoorSocket& operator=(DoorSocket&&) = delete;
  ~DoorSocket() {
    if (open_) open_->remove(this);
  }

  template <typename Buffer, typename Handler>
  void async_read_some(const Buffer& buffer, Handler&& handler) {
    if (!open_) begin();
    const auto executor = asio::get_associated_executor(handler, get_executor());
    Stream::async_read_some(
        buffer, asio::bind_executor(executor, [this, buffer, after = std::forward<Handler>(handler)](
                                                  const asio::error_code& failed, std::size_t size) mutable {
          if (!failed && refuses({static_cast<const char*>(buffer.data()), size}))
            drop_rest(buffer, std::move(after));
          else
            after(failed, size);
        }));
  }

 private:
  void begin() {
    open_ = &asio::use_service<OpenSockets>(asio::query(get_executor(), asio::execution::context));
    open_->add(this);
  }

  // Returns true iff `chunk` announced too much and the client has been told so.
  bool refuses(std::string_view chunk) {
    const auto body = watch_.see(chunk);
    if (!body) return false;
    if (body->length > open_->max_body().count) {
      refuse(*body);
      return true;
    }
    if (body->awaits_go_ahead) say("HTTP/1.1 100 Continue\r\n\r\n");
    return false;
  }

  void refuse(const AnnouncedBody& body) {
    const std::string why = error_body(fmt::format(
        "the body of {} bytes is larger than the {} bytes that are taken here", body.length, open_->max_body().count));
    say(fmt::format(
        "HTTP/1.1 413 {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        reason_phrase(413), why.size(), why));
    asio::error_code ignored;
    shutdown(Stream::shutdown_send, ignored);
  }

  // Between requests nothing else is being written, and so few bytes fit the socket's buffer: no need to wait. A client
  // that reads nothing does not get them, which is its own loss.
  void say(std::string_view text) { ::send(native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL); }

  // Reads and forgets what still comes, for closing on unread bytes would reset the connection before the client has
  // read the answer. RESTinio's read timeout bounds it.
  template <typename Buffer, typename Handler>
  void drop_rest(const Buffer& buffer, Handler after) {
    const auto executor = asio::get_associated_executor(after, get_executor());
    Stream::async_read_some(
        buffer, asio::bind_executor(executor, [this, buffer, after = std::move(after)](const asio::error_code& failed,
                                                                                       std::size_t) mutable {
          if (failed)
            after(failed, 0);
          else
            drop_rest(buffer, std::move(after));
        }));
  }

  OpenSockets* open_ = nullptr;
  RequestWatch watch_;
};

inline void OpenSockets::shut_all() const {
  asio::error_code ignored;
  for (DoorSocket* socket : sockets_) socket->shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
}

}  // namespace tideline
