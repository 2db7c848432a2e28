#include "runtime/link/dialler.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <optional>
#include <utility>

namespace tideline::link {

struct Dialler::Race {
  Race(asio::io_context& io, Addresses to) : places(std::move(to)), changed(io) {
    for (std::size_t i = 0; i < places.size(); ++i) sockets.push_back(std::make_unique<wire::Socket>(io));
  }

  const Addresses places;
  std::vector<std::unique_ptr<wire::Socket>> sockets;  // One for each place.
  asio::steady_timer changed;                          // Cancelled when an attempt ended.
  std::size_t running = 0;
  std::optional<std::size_t> won;
  asio::error_code problem = asio::error::host_unreachable;  // Of the last failed attempt.
  bool closed = false;
};

void Dialler::close() {
  const std::shared_ptr<Race> race = std::exchange(race_, nullptr);
  if (!race) return;
  race->closed = true;
  asio::error_code ignored;
  for (std::size_t i = 0; i < race->sockets.size(); ++i)
    if (i != race->won) race->sockets[i]->close(ignored);
  race->changed.cancel();
}

wire::Task<> Dialler::attempt(std::shared_ptr<Race> race, std::size_t which) {
  asio::error_code problem;
  co_await race->sockets[which]->async_connect(race->places[which], wire::into(problem));
  --race->running;
  if (problem) {
    race->problem = problem;
  } else if (!race->won) {
    race->won = which;
  }
  race->changed.cancel();
}

// Waits until one attempt succeeds, all running ones have failed, or `end`.
wire::Task<> Dialler::wait(Race& race, TimePoint end, bool for_all) {
  const std::size_t running = race.running;
  while (!race.closed && !race.won && race.running > 0 && Clock::now() < end) {
    if (!for_all && race.running < running) co_return;  // One failed: start the next attempt at once.
    asio::error_code ignored;
    race.changed.expires_at(end);
    co_await race.changed.async_wait(wire::into(ignored));
  }
}

wire::Task<Result<std::unique_ptr<wire::Socket>>> Dialler::first_of(Addresses places, Duration patience) {
  const auto race = std::make_shared<Race>(io_, std::move(places));
  race_ = race;
  for (std::size_t i = 0; i < race->places.size() && !race->won && !race->closed; ++i) {
    ++race->running;
    asio::co_spawn(io_, attempt(race, i), asio::detached);
    const bool last = i + 1 == race->places.size();
    co_await wait(*race, Clock::now() + (last ? patience : kApart), last);
  }
  const bool closed = race->closed;
  const bool late = race->running > 0;
  close();
  if (closed) co_return error(ErrorKind::unavailable, "the link was closed");
  if (race->won) co_return std::move(race->sockets[*race->won]);
  if (late) co_return error(ErrorKind::unavailable, "it did not answer within {}", to_string(patience));
  co_return error(ErrorKind::unavailable, "{}", wire::words_for(race->problem));
}

}  // namespace tideline::link
