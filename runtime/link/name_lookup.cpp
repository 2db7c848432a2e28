#include "runtime/link/name_lookup.h"

#include <asio/post.hpp>
#include <netdb.h>

#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace tideline::link {

// State shared by the two threads.
struct NameLookup::Asked {
  std::mutex m;
  NameLookup* by = nullptr;                 // Guarded by m, like `answer`. Null: no longer awaited.
  std::optional<Result<Addresses>> answer;  // Nothing yet.

  // Wakes the waiting coroutine, on its own thread.
  void tell(Result<Addresses> found) {
    const std::lock_guard lock(m);
    answer = std::move(found);
    if (by) asio::post(by->io_, [waiting = by] { waiting->came_.cancel(); });
  }
};

namespace {

Result<Addresses> ask_system(const wire::Endpoint& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(host.port);
  const int problem = ::getaddrinfo(host.host.c_str(), port.c_str(), &wanted, &found);
  if (problem != 0)
    return error(ErrorKind::unavailable, "cannot resolve the name {}: {}", host.host, ::gai_strerror(problem));
  Addresses places;
  for (const addrinfo* one = found; one; one = one->ai_next) {
    asio::ip::tcp::endpoint place;
    if (one->ai_addrlen > place.capacity()) continue;
    std::copy_n(reinterpret_cast<const char*>(one->ai_addr), one->ai_addrlen, reinterpret_cast<char*>(place.data()));
    place.resize(one->ai_addrlen);
    places.push_back(place);
  }
  ::freeaddrinfo(found);
  return places;
}

}  // namespace

NameLookup::NameLookup(asio::io_context& io) : io_(io), came_(io) {}

NameLookup::~NameLookup() {
  if (!asked_) return;
  const std::lock_guard lock(asked_->m);
  asked_->by = nullptr;
}

Result<void> NameLookup::begin(const wire::Endpoint& host) {
  asked_ = std::make_shared<Asked>();
  asked_->by = this;
  try {
    std::thread([asked = asked_, host] { asked->tell(ask_system(host)); }).detach();
  } catch (const std::exception& thrown) {
    asked_.reset();
    return error(ErrorKind::unavailable, "cannot look up the name {}: {}", host.host, thrown.what());
  }
  return {};
}

wire::Task<Result<Addresses>> NameLookup::of(wire::Endpoint host, Duration patience) {
  const auto taken = [this] {
    const std::lock_guard lock(asked_->m);
    return std::exchange(asked_->answer, std::nullopt);
  };
  if (!asked_) {
    const Result<void> begun = begin(host);
    if (!begun) co_return begun.error();
  }
  came_.expires_after(patience);
  std::optional<Result<Addresses>> answer = taken();
  if (!answer) {
    asio::error_code ignored;
    co_await came_.async_wait(wire::into(ignored));
    answer = taken();
  }
  if (!answer)
    co_return error(ErrorKind::unavailable, "cannot resolve the name {}: no name server answered within {}", host.host,
                    to_string(patience));
  asked_.reset();
  if (!*answer) co_return answer->error();
  co_return in_turn(**answer);
}

Addresses in_turn(const Addresses& places) {
  if (places.empty()) return places;
  Addresses first, second;
  for (const auto& place : places) (place.protocol() == places[0].protocol() ? first : second).push_back(place);
  Addresses out;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) out.push_back(first[i]);
    if (i < second.size()) out.push_back(second[i]);
  }
  return out;
}

}  // namespace tideline::link
