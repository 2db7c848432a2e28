// EventReader: sends the event stream to one client.
//
//   EventReader reader(events, {.socket = socket, .write = write, .on_wait = on_wait});
//   co_await reader.send(last_event_id);
//
// Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/http/event_streams.h"
#include "runtime/wire/socket.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace tideline::http {

class EventReader {
 public:
  static constexpr std::string_view kBegin = "retry: 2000\n\n";  // When a browser connects again, in milliseconds.

  // What it needs of its client's connection.
  struct Connection {
    wire::Socket& socket;
    std::function<wire::Task<bool>(std::string_view)> write;  // Returns false if the client is gone.
    std::function<void()> on_wait;                            // Called before it waits for an event.
  };
  // REQUIRES: both outlive the reader. The client has a place of `events`.
  EventReader(EventStreams& events, Connection connection);

  // Sends the events after that one, until the client leaves or takes none of them for long, or the server ends.
  wire::Task<> send(std::uint64_t last);

 private:
  wire::Task<bool> send_next(std::uint64_t& seen);

  EventStreams& events_;
  const Connection connection_;
};

}  // namespace tideline::http
