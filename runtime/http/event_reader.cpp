#include "runtime/http/event_reader.h"

#include "runtime/http/client_departure.h"

#include <utility>

namespace tideline::http {
namespace {

constexpr Bytes kEventsAtOnce{64 << 10};
constexpr int kUnreadEvents = 128 << 10;  // Bytes of events that the kernel holds for a slow client.

}  // namespace

EventReader::EventReader(EventStreams& events, Connection connection)
    : events_(events), connection_(std::move(connection)) {
  asio::error_code ignored;
  connection_.socket.set_option(asio::socket_base::send_buffer_size(kUnreadEvents), ignored);
}

wire::Task<> EventReader::send(std::uint64_t last) {
  const ClientDeparture departure(connection_.socket, [this] { events_.wake(); });
  std::uint64_t seen = events_.log().resume(last);
  while (!events_.closed() && !*departure.seen())
    if (!co_await send_next(seen)) co_return;
}

// Sends the events after `seen`, or waits for one. Returns false if the client is gone.
wire::Task<bool> EventReader::send_next(std::uint64_t& seen) {
  const auto part = events_.log().after(seen, kEventsAtOnce);
  if (!part) {
    connection_.on_wait();
    co_await events_.next();
    co_return true;
  }
  seen = part->last;
  co_return co_await connection_.write(part->text);
}

}  // namespace tideline::http
