// HttpConnections: the connections of one server: admits new ones, and closes idle ones when there is no room.
//
// Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/http/http_connection.h"

#include <cstddef>
#include <memory>
#include <set>

namespace tideline::http {

class HttpConnections {
 public:
  // Connections beyond the limit, each for one request without a body: so health and metrics are answered even when
  // all others are busy.
  static constexpr std::size_t kSpare = 32;

  HttpConnections(HttpDoor& door, std::size_t most) : door_(door), most_(most) {}

  // Serves the connection until it ends. If there is no room, closes the oldest idle connection first.
  void let_in(wire::Socket socket);
  void make_room();  // Closes the oldest idle connection, if there is one.
  void look(TimePoint now);
  void close_all();
  std::size_t size() const { return open_.size(); }

 private:
  using Member = std::shared_ptr<HttpConnection>;

  template <typename Which>
  bool close_oldest(Which which);

  HttpDoor& door_;
  const std::size_t most_;
  std::set<Member> open_;
};

}  // namespace tideline::http
