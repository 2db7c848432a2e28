#include "runtime/http/listen_watch.h"

#include <sys/socket.h>
#include <unistd.h>

namespace tideline::http {
namespace {

// A listener on "all addresses" is reached at the loopback address.
asio::ip::tcp::endpoint reachable(asio::ip::tcp::endpoint place) {
  if (!place.address().is_unspecified()) return place;
  const bool v6 = place.address().is_v6();
  const asio::ip::address own =
      v6 ? asio::ip::address(asio::ip::address_v6::loopback()) : asio::ip::address(asio::ip::address_v4::loopback());
  return {own, place.port()};
}

}  // namespace

ListenWatch::ListenWatch(asio::ip::tcp::endpoint place) : place_(reachable(std::move(place))) {}

ListenWatch::~ListenWatch() {
  if (fd_ >= 0) ::close(fd_);
}

bool ListenWatch::look(std::uint64_t accepted, TimePoint now) {
  if (accepted != accepted_) asked_.reset();
  accepted_ = accepted;
  if (fd_ >= 0) ::close(fd_);
  fd_ = ::socket(place_.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ >= 0) (void)::connect(fd_, place_.data(), static_cast<socklen_t>(place_.size()));
  // If there is no file descriptor left to connect with, the server cannot accept either.
  if (!asked_) asked_ = now;
  return now - *asked_ <= kPatience;
}

}  // namespace tideline::http
