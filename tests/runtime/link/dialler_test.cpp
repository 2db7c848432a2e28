#include "runtime/link/dialler.h"

#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <optional>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

asio::ip::tcp::endpoint at(std::uint16_t port) {
  return {asio::ip::make_address("127.0.0.1"), port};
}

// An address that answers nothing: its queue is full, so that the kernel drops who comes.
class DarkPlace {
 public:
  DarkPlace() {
    acceptor_.open(asio::ip::tcp::v4());
    acceptor_.bind(at(0));
    acceptor_.listen(0);
    for (wire::Socket* const one : {&first_, &second_}) {
      one->open(asio::ip::tcp::v4());
      one->non_blocking(true);
      ::connect(one->native_handle(), place().data(), place().size());  // asio's own waits to the end.
    }
  }
  asio::ip::tcp::endpoint place() const { return acceptor_.local_endpoint(); }

 private:
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_};
  wire::Socket first_{io_}, second_{io_};
};

struct Dialled {
  Result<std::uint16_t> port;  // Of whom answered.
  Duration took{};
};

Dialled dial(const Addresses& places, Duration patience, std::optional<Duration> close_after = {}) {
  asio::io_context io;
  Dialler dialler(io);
  std::optional<Result<std::uint16_t>> port;
  const auto call = [&]() -> wire::Task<> {
    Result<std::unique_ptr<wire::Socket>> socket = co_await dialler.first_of(places, patience);
    port = socket ? Result<std::uint16_t>((*socket)->remote_endpoint().port()) : socket.error();
  };
  const TimePoint began = Clock::now();
  asio::co_spawn(io, call(), asio::detached);
  asio::steady_timer closing(io);
  if (close_after) {
    closing.expires_after(*close_after);
    closing.async_wait([&](asio::error_code) { dialler.close(); });
  }
  io.run();
  return {port.value_or(error(ErrorKind::internal, "it did not end")), Clock::now() - began};
}

TEST(Dialler, AnAddressThatIsDarkCostsAQuarterOfASecond) {
  const DarkPlace dark;
  const wire::RawListener good;
  const Dialled dialled = dial({dark.place(), at(good.port())}, wire::kLong);
  ASSERT_TRUE(dialled.port) << dialled.port.error().message;
  EXPECT_EQ(*dialled.port, good.port());
  EXPECT_GE(dialled.took, Dialler::kApart);
  EXPECT_LT(dialled.took, seconds(5));
}

TEST(Dialler, AnAddressThatRefusesCostsNothing) {
  const wire::RawListener good;
  const Dialled dialled = dial({at(1), at(1), at(good.port())}, wire::kLong);
  ASSERT_TRUE(dialled.port) << dialled.port.error().message;
  EXPECT_EQ(*dialled.port, good.port());
}

TEST(Dialler, TheFirstIsPreferredWhereItAnswers) {
  const wire::RawListener one, two;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*dial({at(one.port()), at(two.port())}, wire::kLong).port, one.port());
}

TEST(Dialler, WhereNoneAnswersTheReasonIsSaid) {
  const DarkPlace dark;
  EXPECT_THAT(dial({dark.place()}, milliseconds(100)).port.error().message, HasSubstr("did not answer within 100 ms"));
  EXPECT_THAT(dial({at(1)}, wire::kLong).port.error().message, HasSubstr("Connection refused"));
  EXPECT_FALSE(dial({}, wire::kLong).port);
}

TEST(Dialler, ClosingEndsIt) {
  const DarkPlace dark;
  const Dialled dialled = dial({dark.place(), dark.place()}, wire::kLong, milliseconds(20));
  ASSERT_FALSE(dialled.port);
  EXPECT_LT(dialled.took, seconds(10));
}

TEST(NameLookup, AddressesOfTwoKindsAreTriedInTurn) {
  const auto six = [](std::uint16_t port) { return asio::ip::tcp::endpoint(asio::ip::make_address("::1"), port); };
  EXPECT_EQ(in_turn({six(1), six(2), six(3), at(4), at(5)}), (Addresses{six(1), at(4), six(2), at(5), six(3)}));
  EXPECT_EQ(in_turn({at(1), at(2)}), (Addresses{at(1), at(2)}));
  EXPECT_EQ(in_turn({}), Addresses{});
}

}  // namespace
}  // namespace tideline::link
