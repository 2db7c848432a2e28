// What every Link promises, on each way of making one.
#include "runtime/link/link.h"

#include "runtime/link/peers.h"
#include "tests/runtime/wire/certs.h"
#include "tests/runtime/wire/loopback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Way {
  std::string name;
  std::optional<BitsPerSecond> limit;
  bool tls = false;
  bool peers = false;
};

bool comes_up(const Link& link) {
  return wire::comes_true([&] { return link.state().up; });
}

class LinkSuite : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    link_.limit(GetParam().limit);
    ASSERT_TRUE(comes_up(link_)) << link_.state().why;
  }

  // Returns the answer, or fails the test.
  wire::TailAnswer answer_of(Pending& pending) {
    std::optional<Result<wire::TailAnswer>> answer = pending.wait(wire::within(wire::kLong));
    if (!answer) {
      ADD_FAILURE() << "no answer";
      return {};
    }
    EXPECT_TRUE(*answer) << answer->error().message;
    return *answer ? std::move(**answer) : wire::TailAnswer{};
  }

  ErrorKind error_of(Pending& pending) {
    const std::optional<Result<wire::TailAnswer>> answer = pending.wait(wire::within(wire::kLong));
    EXPECT_TRUE(answer.has_value());
    EXPECT_FALSE(answer && *answer);
    return answer && !*answer ? answer->error().kind : ErrorKind::internal;
  }

  void restart_cloud() {
    cloud::CloudServer::Options options = cloud_options();
    options.listen = {"127.0.0.1", port_};
    ASSERT_TRUE(wire::comes_true([&] {
      auto cloud = cloud::CloudServer::start(options, {{"lenet", wire::lenet()}}, silent_log());
      if (cloud) cloud_ = std::move(*cloud);
      return cloud_ != nullptr;
    }));
  }

  static cloud::CloudServer::Options cloud_options() {
    cloud::CloudServer::Options options;
    if (GetParam().tls) options.tls = wire::our_certs().cloud();
    return options;
  }
  static TcpLink::Options link_to(std::uint16_t port) {
    TcpLink::Options options = wire::to_port(port);
    if (GetParam().tls) options.tls = wire::our_certs().edge();
    return options;
  }

  std::unique_ptr<Link> make_link(LinkListener* listener) const {
    if (!GetParam().peers) return std::make_unique<TcpLink>(link_to(port_), listener, silent_log());
    return std::make_unique<Peers>(Peers::Options{.peers = {link_to(port_)}}, listener, silent_log());
  }

  wire::Remembered remembered_;
  std::unique_ptr<cloud::CloudServer> cloud_ = wire::start_cloud(cloud_options());
  const std::uint16_t port_ = cloud_->port();
  const std::unique_ptr<Link> made_ = make_link(&remembered_);
  Link& link_ = *made_;
};

TEST_P(LinkSuite, AnswersAreTheModelsAtEveryCutAndUnderEveryCodec) {
  for (const plan::Codec codec : plan::tensor_codecs()) {
    for (std::uint32_t cut = 0; cut <= wire::lenet()->last_cut(); ++cut) {
      const wire::Asked asked = wire::ask(cut, cut, codec);
      const auto pending = link_.send(asked.request);
      EXPECT_TRUE(wire::same(answer_of(*pending).outputs, wire::expected(asked)))
          << "cut " << cut << " " << name(codec);
    }
  }
}

TEST_P(LinkSuite, ManyRequestsAreUnderWayAtOnceAndEachGetsItsOwnAnswer) {
  std::vector<wire::Asked> asked;
  std::vector<std::unique_ptr<Pending>> pending;
  for (std::uint32_t i = 0; i < 40; ++i) {
    asked.push_back(wire::ask(i % (wire::lenet()->last_cut() + 1), i));
    pending.push_back(link_.send(asked.back().request));
  }
  for (std::size_t i = asked.size(); i-- > 0;) {
    EXPECT_TRUE(wire::same(answer_of(*pending[i]).outputs, wire::expected(asked[i]))) << i;
  }
}

TEST_P(LinkSuite, WaitingShorterThanTheAnswerTakesReturnsNothingAndTheAnswerComesLater) {
  const wire::Asked asked = wire::ask(0, 1);
  const auto pending = link_.send(asked.request);
  std::optional<Result<wire::TailAnswer>> answer = pending->wait(Clock::now() - seconds(1));
  if (!answer) answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && *answer);
  EXPECT_FALSE(pending->wait(Clock::now())) << "once it has answered, it answers no more";
}

TEST_P(LinkSuite, AnAbandonedRequestIsTakenFromTheQueue) {
  link_.limit(BitsPerSecond{100e3});  // One packet takes 120 ms.
  const wire::Asked first = wire::ask(0, 1), second = wire::ask(0, 2), third = wire::ask(wire::lenet()->last_cut(), 3);
  const auto one = link_.send(first.request);
  auto two = link_.send(second.request);
  const auto three = link_.send(third.request);
  two.reset();
  link_.limit(std::nullopt);
  EXPECT_TRUE(wire::same(answer_of(*one).outputs, wire::expected(first)));
  EXPECT_TRUE(wire::same(answer_of(*three).outputs, wire::expected(third)));
  EXPECT_EQ(cloud_->counters().served, 2U);
}

TEST_P(LinkSuite, ALateAnswerThatNobodyWaitsForIsStillSampled) {
  link_.limit(1_Mbps);
  const wire::Asked asked = wire::big_request();
  auto pending = link_.send(asked.request);
  ASSERT_TRUE(wire::comes_true([&] { return cloud_->counters().received.count > 2000; }));
  pending.reset();
  ASSERT_TRUE(wire::comes_true([&] { return cloud_->counters().served == 1; }));
  EXPECT_TRUE(wire::comes_true([&] { return !remembered_.uplinks().empty(); }));
}

TEST_P(LinkSuite, ARequestForAModelThatTheCloudDoesNotHoldIsInvalid) {
  wire::Asked asked = wire::ask(0, 1);
  asked.request.plan.model = std::string(64, 'a');
  const auto pending = link_.send(asked.request);
  const auto answer = pending->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().kind, ErrorKind::invalid);
  EXPECT_THAT(answer->error().message, testing::HasSubstr("does not hold model aaaaaaaaaaaa;"));
  EXPECT_TRUE(link_.state().up);
}

TEST_P(LinkSuite, ARequestThatIsNoneIsInvalidAndNeverSent) {
  wire::Asked asked = wire::ask(0, 1);
  asked.request.plan.model = "lenet";
  EXPECT_EQ(error_of(*link_.send(asked.request)), ErrorKind::invalid);
}

TEST_P(LinkSuite, ARequestWhoseTimeIsUpBeforeItIsSentIsOverloaded) {
  wire::Asked asked = wire::ask(0, 1);
  asked.request.deadline = Clock::now() - milliseconds(1);
  EXPECT_EQ(error_of(*link_.send(asked.request)), ErrorKind::overloaded);
  EXPECT_EQ(cloud_->counters().served, 0U);
}

TEST_P(LinkSuite, TheStateTellsWhoThePeerIsAndWhatItHolds) {
  const LinkState state = link_.state();
  EXPECT_TRUE(state.up);
  EXPECT_EQ(state.peer, "127.0.0.1:" + std::to_string(port_));
  EXPECT_EQ(state.why, "");
  EXPECT_EQ(state.connects, 1U);
  EXPECT_EQ(state.models.at(wire::lenet()->digest()), "lenet");
}

TEST_P(LinkSuite, WhenTheCloudIsKilledEveryPendingFailsAtOnceAndWhenItIsBackRequestsWorkAgain) {
  link_.limit(BitsPerSecond{100e3});
  std::vector<std::unique_ptr<Pending>> pending;
  for (std::uint64_t i = 0; i < 3; ++i) pending.push_back(link_.send(wire::ask(0, i).request));
  cloud_.reset();
  for (const auto& one : pending) EXPECT_EQ(error_of(*one), ErrorKind::unavailable);
  ASSERT_TRUE(wire::comes_true([&] { return !link_.state().up; }));
  EXPECT_NE(link_.state().why, "");
  EXPECT_EQ(error_of(*link_.send(wire::ask(0, 9).request)), ErrorKind::unavailable);

  restart_cloud();
  link_.limit(GetParam().limit);
  ASSERT_TRUE(comes_up(link_));
  EXPECT_EQ(link_.state().connects, 2U);
  const wire::Asked asked = wire::ask(1, 1);
  EXPECT_TRUE(wire::same(answer_of(*link_.send(asked.request)).outputs, wire::expected(asked)));
}

TEST_P(LinkSuite, ACloudThatSaysGoodbyeStillAnswersWhatWasSentAndTakesNoMore) {
  const wire::Asked asked = wire::big_request();
  link_.limit(2_Mbps);
  const auto pending = link_.send(asked.request);
  ASSERT_TRUE(wire::comes_true([&] { return cloud_->counters().received.count > 2000; }));
  std::thread drain([&] { cloud_->drain(wire::within(wire::kLong)); });
  EXPECT_TRUE(wire::comes_true([&] { return !link_.state().up; }));
  EXPECT_THAT(link_.state().why, testing::HasSubstr("the cloud is draining"));
  EXPECT_EQ(error_of(*link_.send(wire::ask(0, 9).request)), ErrorKind::unavailable);
  EXPECT_TRUE(wire::same(answer_of(*pending).outputs, wire::expected(asked)));
  drain.join();
  EXPECT_EQ(cloud_->counters().connections, 0U);

  cloud_.reset();
  restart_cloud();
  ASSERT_TRUE(comes_up(link_));
}

TEST_P(LinkSuite, AnEmptyProbeMeasuresTheRoundTripAndAFullOneTheUplink) {
  link_.probe({});
  EXPECT_TRUE(wire::comes_true([&] { return remembered_.rtts() > 0; }));
  for (const plan::LinkSample& sample : remembered_.samples()) {
    if (sample.rtt) {
      EXPECT_GT(*sample.rtt, Duration{});
    }
  }
  const TimePoint before = Clock::now();
  link_.limit(50_Mbps);
  link_.probe(256_KiB);
  ASSERT_TRUE(wire::comes_true([&] { return !remembered_.uplinks().empty(); }));
  EXPECT_GT(remembered_.samples().back().at, before);
}

TEST_P(LinkSuite, ADelayIsAddedToEveryRoundTripAndLifted) {
  const auto took = [&](std::uint64_t seed) {
    const wire::Asked asked = wire::ask(1, seed);
    const TimePoint begun = Clock::now();
    EXPECT_TRUE(wire::same(answer_of(*link_.send(asked.request)).outputs, wire::expected(asked)));
    return Clock::now() - begun;
  };
  link_.delay(milliseconds(100));
  EXPECT_GE(took(1), milliseconds(100));
  link_.probe({});
  EXPECT_TRUE(wire::comes_true([&] { return remembered_.rtts() > 0 && remembered_.last_rtt() >= milliseconds(100); }));
  link_.delay({});
  // The least of several: one alone may be slow for another reason.
  Duration least = took(2);
  for (std::uint64_t i = 3; i < 20; ++i) least = std::min(least, took(i));
  EXPECT_LT(least, milliseconds(100));
}

TEST_P(LinkSuite, RequestsThatAreHeldBackWaitTogetherAndMayBeWithdrawn) {
  link_.delay(milliseconds(150));
  const TimePoint begun = Clock::now();
  std::vector<std::unique_ptr<Pending>> pending;
  for (std::uint64_t i = 0; i < 3; ++i) pending.push_back(link_.send(wire::ask(1, i).request));
  link_.send(wire::ask(1, 9).request).reset();
  for (const auto& one : pending) answer_of(*one);
  EXPECT_LT(Clock::now() - begun, milliseconds(450)) << "one after the other";
  EXPECT_EQ(cloud_->counters().served, 3U);
}

TEST_P(LinkSuite, TheCloudRefusesToLoadItsMachineWhenItHasNoStressor) {
  const Result<wire::LoadAnswer> load = link_.impose({0.5, 0.5}, wire::within(wire::kLong));
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().kind, ErrorKind::invalid);
}

TEST_P(LinkSuite, APendingMayOutliveItsLink) {
  auto other = make_link(nullptr);
  ASSERT_TRUE(comes_up(*other));
  other->limit(BitsPerSecond{100e3});
  const auto pending = other->send(wire::ask(0, 1).request);
  other.reset();
  EXPECT_EQ(error_of(*pending), ErrorKind::unavailable);
}

INSTANTIATE_TEST_SUITE_P(Ways, LinkSuite,
                         testing::Values(Way{"Plain", {}}, Way{"Limited", 20_Mbps}, Way{"Tls", {}, true},
                                         Way{"LimitedTls", 20_Mbps, true}, Way{"Peers", {}, false, true},
                                         Way{"LimitedPeersTls", 20_Mbps, true, true}),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace tideline::link
