// HttpConnections: those of one server: who is let in, and who goes when there is no room.
//
// Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/http/http_connection.h"

#include <cstddef>
#include <memory>
#include <set>

namespace tideline {

class HttpConnections {
 public:
  // Beyond the limit, each for one request without a body: health and metrics are answered when all others are at work.
  static constexpr std::size_t kSpare = 32;

  HttpConnections(HttpDoor& door, std::size_t most) : door_(door), most_(most) {}

  // Serves the connection until it ends. When there is no room, the oldest that asks nothing goes first.
  void let_in(Socket socket);
  void make_room();  // Closes the oldest that asks nothing, if there is one.
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

}  // namespace tideline
