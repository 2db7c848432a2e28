#include "runtime/wire/turnstile.h"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tideline::wire {
namespace {

class TurnstileTest : public testing::Test {
 protected:
  // A connection of that peer which is always ready: notes its name each time that it has the thread.
  Task<> always(std::shared_ptr<Turnstile> turnstile, char name, int times) {
    for (int i = 0; i < times; ++i) {
      co_await turnstile->pass();
      order_ += name;
    }
  }
  void begin(const std::shared_ptr<Turnstile>& turnstile, char name, int times) {
    asio::co_spawn(io_, always(turnstile, name, times), asio::detached);
  }
  std::shared_ptr<Turnstile> peer() { return std::make_shared<Turnstile>(io_.get_executor()); }

  asio::io_context io_{1};
  std::string order_;
};

TEST_F(TurnstileTest, AConnectionThatIsAloneGoesOn) {
  begin(peer(), 'a', 5);
  io_.run();
  EXPECT_EQ(order_, "aaaaa");
}

TEST_F(TurnstileTest, ConnectionsOfOnePeerTakeTurns) {
  const auto one = peer();
  for (const char name : {'a', 'b', 'c'}) begin(one, name, 3);
  io_.run();
  EXPECT_EQ(order_.size(), 9U);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const auto so_far = [&](char name) {
      return std::count(order_.begin(), order_.begin() + static_cast<int>(i), name);
    };
    EXPECT_LE(std::max({so_far('a'), so_far('b'), so_far('c')}) - std::min({so_far('a'), so_far('b'), so_far('c')}), 2)
        << order_;
  }
}

TEST_F(TurnstileTest, ManyConnectionsOfOnePeerGetNoMoreTurnsThanAnotherSOne) {
  const auto greedy = peer(), modest = peer();
  for (int i = 0; i < 20; ++i) begin(greedy, 'g', 20);
  begin(modest, 'm', 20);
  io_.run();
  const std::size_t last = order_.rfind('m');
  EXPECT_EQ(order_.size(), 420U);
  EXPECT_LT(std::count(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(last), 'g'), 60);
}

TEST_F(TurnstileTest, WhoHasGivenUpWaitingTakesNoTurn) {
  const auto one = peer();
  asio::cancellation_signal give_up;
  begin(one, 'a', 1);
  asio::co_spawn(io_, always(one, 'b', 1), asio::bind_cancellation_slot(give_up.slot(), asio::detached));
  begin(one, 'c', 1);
  asio::post(io_, [&] { give_up.emit(asio::cancellation_type::all); });
  io_.run();
  EXPECT_THAT(order_, testing::StartsWith("a"));
  EXPECT_THAT(order_, testing::HasSubstr("c"));
}

}  // namespace
}  // namespace tideline::wire
