#include "runtime/cloud/edge_account.h"

#include <asio/io_context.hpp>
#include <gtest/gtest.h>

namespace tideline::cloud {
namespace {

TEST(EdgeAccount, IsItsAddressAndOfIPv6ItsNetwork) {
  const auto identity = [](const char* address) { return identity_of(asio::ip::make_address(address)); };
  EXPECT_EQ(identity("10.0.0.7"), "10.0.0.7");
  EXPECT_EQ(identity("::ffff:10.0.0.7"), "10.0.0.7");
  EXPECT_EQ(identity("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(identity("2001:db8:1:2:ffff::1"), identity("2001:db8:1:2::9"));
  EXPECT_NE(identity("2001:db8:1:3::1"), identity("2001:db8:1:2::1"));
}

TEST(EdgeAccount, WhatItHasUnderWayCountsForItsConnectionForItselfAndForTheProcess) {
  asio::io_context io;
  Budget budget({100_KiB, 60_KiB});
  const auto guest = std::make_shared<EdgeAccount>("10.0.0.7", io.get_executor());
  const auto one = std::make_shared<InFlight>(), other = std::make_shared<InFlight>();
  {
    InFlightToken first(one, guest, 1024, *budget.take(guest->name, 1_KiB));
    const InFlightToken second(other, guest, 2048, *budget.take(guest->name, 2_KiB));
    EXPECT_EQ(one->requests, 1U);
    EXPECT_EQ(guest->in_flight.requests, 2U);
    EXPECT_EQ(guest->in_flight.bytes, 3072U);
    first.set(512);  // Its tensors are gone, and its answer is here.
    EXPECT_EQ(one->bytes, 512U);
    EXPECT_EQ(guest->in_flight.bytes, 2560U);
    EXPECT_EQ(budget.held_for("10.0.0.7"), Bytes{2560});
  }
  EXPECT_EQ(one->requests + other->requests + guest->in_flight.requests, 0U);
  EXPECT_EQ(guest->in_flight.bytes, 0U);
  EXPECT_EQ(budget.held(), Bytes{});
}

}  // namespace
}  // namespace tideline::cloud
