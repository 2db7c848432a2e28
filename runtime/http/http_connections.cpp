#include "runtime/http/http_connections.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <vector>

namespace tideline::http {
namespace {

// Keeps the connection alive while it is served.
wire::Task<> host(std::shared_ptr<HttpConnection> connection, HttpDoor& door,
                  std::set<std::shared_ptr<HttpConnection>>& open) {
  const auto on_throw = [&](const std::string& what) { door.log.error("http_thrown", "http: dropped a connection: " + what); };
  co_await wire::guarded(connection->serve(), on_throw);
  open.erase(connection);
}

}  // namespace

// Closes the oldest connection for which `which` is true. REQUIRES: `which` is true only for those that may be closed.
template <typename Which>
bool HttpConnections::close_oldest(Which which) {
  Member oldest;
  for (const Member& member : open_)
    if (which(*member) && (!oldest || member->since() < oldest->since())) oldest = member;
  if (!oldest) return false;
  oldest->close();
  open_.erase(oldest);
  return true;
}

void HttpConnections::make_room() {
  close_oldest([](const HttpConnection& one) { return one.asks_nothing(); });
}

void HttpConnections::let_in(wire::Socket socket) {
  if (open_.size() >= most_) make_room();
  const bool spare = open_.size() >= most_;
  // Spare connections are for short requests: one that is slow with its request may be closed.
  const auto slow = [](const HttpConnection& one) {
    return one.is_spare() && one.doing() != HttpConnection::Doing::working;
  };
  if (open_.size() >= most_ + kSpare && !close_oldest(slow)) {
    door_.log.warn("http_full", "http: closed a new connection: too many are open");
    return;
  }
  const auto executor = socket.get_executor();
  const auto connection = std::make_shared<HttpConnection>(std::move(socket), door_, spare);
  open_.insert(connection);
  asio::co_spawn(executor, host(connection, door_, open_), asio::detached);
}

void HttpConnections::look(TimePoint now) {
  for (const Member& member : open_) member->look(now);
}

void HttpConnections::close_all() {
  for (const Member& member : open_) member->close();
}

}  // namespace tideline::http
