// HttpConnection: one client's connection: reads its requests, passes them to a handler, and writes the answers.
//
// Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/base/line_limit.h"
#include "runtime/base/refusals.h"
#include "runtime/http/event_reader.h"
#include "runtime/http/event_streams.h"
#include "runtime/http/http_server.h"
#include "runtime/http/in_flight_counter.h"
#include "runtime/http/request_head.h"
#include "runtime/wire/stream.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tideline::http {

// What the connections of one server share.
struct HttpDoor {
  HttpServer::Options options;
  LineLimit log;
  // Queues a request for a worker; its answer arrives later, on the I/O thread. Returns a ticket for withdraw().
  std::function<std::uint64_t(HttpRequest, std::function<void(HttpResponse)>)> handle;
  std::function<bool(std::uint64_t)> withdraw;  // Returns true iff the request has not begun; it gets no answer then.
  Refusals& refused;
  EventStreams events;
  InFlightCounter begun;                              // Requests that still need an answer.
  bool going = false;                                 // The server shuts down: new requests are refused.
  std::array<char, std::size_t{64} << 10> scratch{};  // The bytes read last; valid until the next wait.
};

class HttpConnection {
 public:
  enum class Doing { waiting, reading, working, writing, leaving };

  // `spare`: serves one request without a body and closes, because the server is full.
  HttpConnection(wire::Socket socket, HttpDoor& door, bool spare);

  // Returns when the connection has ended. REQUIRES: *this and the HttpDoor live until then.
  wire::Task<> serve();

  void close();              // Makes serve() return soon.
  void look(TimePoint now);  // Ends the connection if its client is too slow.
  Doing doing() const { return doing_; }
  TimePoint since() const { return since_; }  // When doing() began.
  bool is_spare() const { return spare_; }
  bool asks_nothing() const;  // Returns true iff closing it loses no request.

 private:
  // Why a request ends here; its status is 0 if the client is gone.
  using Fault = std::optional<RequestFault>;

  wire::Task<bool> secured();
  wire::Task<Fault> read_head(RequestHead& head);
  wire::Task<Fault> read_body(const RequestHead& head, HttpRequest& request);
  wire::Task<Fault> read_plain(std::uint64_t length, std::size_t aligned, Body& body);
  wire::Task<Fault> read_chunks(std::size_t aligned, HttpRequest& request);
  // A body of unknown length, and which of its bytes is to be aligned.
  struct Growing {
    Body& body;
    Budget::Held& held;
    std::size_t aligned;
  };
  Fault keep(std::string_view piece, std::uint64_t announced, const Growing& to) const;
  wire::Task<std::string_view> some();
  wire::Task<std::size_t> read_into(std::span<std::byte> memory);
  Fault interrupted() const;

  wire::Task<bool> answer(const RequestHead& head, HttpRequest request);
  wire::Task<HttpResponse> respond(HttpRequest request, const RequestHead& head);
  wire::Task<HttpResponse> queued(HttpRequest request);
  wire::Task<> stream(HttpResponse& opening);
  EventReader event_reader();
  void refused(std::string_view reason, std::string_view why);
  wire::Task<bool> write(std::string_view head, std::string_view body);
  wire::Task<> refuse(const RequestHead& head, RequestFault refusal);
  void told(const RequestHead& head, const HttpResponse& response, std::size_t received) const;
  wire::Task<> leave();

  void enter(Doing doing);
  void progress(std::size_t bytes);

  wire::Stream stream_;
  wire::Socket& socket_ = stream_.socket();
  HttpDoor& door_;
  const std::string address_;  // Of the client.
  const std::string peer_;     // The client whose budget it uses.
  const bool spare_;

  std::string pending_;  // Received bytes that belong to no request yet.
  Doing doing_ = Doing::waiting;
  TimePoint since_;
  TimePoint begun_;  // When the first byte of the present request came.
  TimePoint deadline_;
  std::uint64_t moved_ = 0;  // Bytes since since_.
  bool late_ = false;
};

}  // namespace tideline::http
