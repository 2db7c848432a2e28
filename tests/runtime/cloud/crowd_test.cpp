// Many requests at one cloud, over real sockets: whose turn it is, what runs together, and who is sent away.
#include "tests/runtime/wire/certs.h"
#include "tests/runtime/wire/loopback.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>

#include <cmath>
#include <optional>

namespace tideline::cloud {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// Slow enough that what it is asked for waits: some milliseconds for a run.
std::shared_ptr<const model::Model> mobilenet() {
  static const std::shared_ptr<const model::Model> model = [] {
    const TemporaryFolder folder;
    EXPECT_TRUE(zoo::write_zoo_model("mobilenet", 1, folder / "m.pt"));
    model::set_compute_threads(1);
    auto loaded = model::Model::load(folder / "m.pt", {});
    EXPECT_TRUE(loaded) << loaded.error().message;
    return *loaded;
  }();
  return model;
}

class Crowd : public testing::Test {
 protected:
  static constexpr std::uint32_t kCut = 12;  // Small tensors, and most of the work still to be done.
  static constexpr std::size_t kMany = 60;

  void start(BatchOptions tails) {
    CloudServer::Options options;
    options.listen.host = "127.0.0.1";
    options.tails = tails;
    auto cloud = CloudServer::start(options, {{"mobilenet", mobilenet()}, {"lenet", wire::lenet()}}, silent_log());
    ASSERT_TRUE(cloud) << cloud.error().message;
    cloud_ = std::move(*cloud);
    for (std::optional<link::TcpLink>* link : {&greedy_, &modest_}) {
      link->emplace(wire::to_port(cloud_->port()), nullptr, silent_log());
      ASSERT_TRUE((*link)->wait_up(wire::within(wire::kLong)));
    }
  }

  static wire::TailRequest request(std::uint64_t seed, Duration patience = wire::kLong) {
    const auto tensors = mobilenet()->run(mobilenet()->head(kCut), model::random_tensors(mobilenet()->inputs(), seed));
    return {{mobilenet()->digest(), kCut, plan::Codec::fp32},
            *tensors,
            wire::within(patience),
            1,
            at_batch(mobilenet()->outputs(), 1)};
  }

  // Sends kMany at once and waits until the cloud has them.
  std::vector<std::unique_ptr<link::Pending>> flood(const wire::TailRequest& one) {
    std::vector<std::unique_ptr<link::Pending>> pending;
    const std::uint64_t before = cloud_->counters().served;
    for (std::size_t i = 0; i < kMany; ++i) pending.push_back(greedy_->send(one));
    EXPECT_TRUE(wire::comes_true([&] {
      const CloudServer::Counters now = cloud_->counters();
      return now.waiting + now.served - before + 1 >= kMany;
    }));
    return pending;
  }

  std::unique_ptr<CloudServer> cloud_;
  std::optional<link::TcpLink> greedy_, modest_;
};

TEST_F(Crowd, AnEdgeWithOneRequestDoesNotWaitBehindAnotherWithMany) {
  start({.most_together = 1});
  const wire::TailRequest one = request(1);
  const auto many = flood(one);
  const std::uint64_t before = cloud_->counters().served;
  const auto answer = modest_->send(one)->wait(wire::within(wire::kLong));
  const std::uint64_t meanwhile = cloud_->counters().served - before;
  ASSERT_TRUE(answer && *answer);
  EXPECT_LT(meanwhile, kMany / 4) << "so many of the other edge's went first";
  for (const auto& pending : many) {
    const auto served = pending->wait(wire::within(wire::kLong));
    EXPECT_TRUE(served && *served);
  }
}

TEST_F(Crowd, APeerWithManyConnectionsGetsNoMoreThanOneWithOne) {
  const wire::Certs certs;
  certs.add({wire::TlsContext::Role::edge, "modest", {}, wire::kValidNow});
  CloudServer::Options options;
  options.listen.host = "127.0.0.1";
  options.tails.most_together = 1;
  options.tls = certs.cloud();
  auto started = CloudServer::start(options, {{"mobilenet", mobilenet()}}, silent_log());
  ASSERT_TRUE(started) << started.error().message;
  cloud_ = std::move(*started);
  const auto link_of = [&](const std::string& name) {
    link::TcpLink::Options to = wire::to_port(cloud_->port());
    to.tls = certs.edge(name);
    return std::make_unique<link::TcpLink>(to, nullptr, silent_log());
  };
  std::vector<std::unique_ptr<link::TcpLink>> greedy;
  for (std::size_t i = 0; i < kMany / 2; ++i) greedy.push_back(link_of("edge"));
  const auto modest = link_of("modest");
  for (const auto& link : greedy) ASSERT_TRUE(link->wait_up(wire::within(wire::kLong)));
  ASSERT_TRUE(modest->wait_up(wire::within(wire::kLong)));

  const wire::TailRequest one = request(1);
  std::vector<std::unique_ptr<link::Pending>> many;
  for (std::size_t i = 0; i < kMany; ++i) many.push_back(greedy[i / 2]->send(one));
  ASSERT_TRUE(wire::comes_true([&] {
    const CloudServer::Counters now = cloud_->counters();
    return now.waiting + now.served + 1 >= kMany;
  }));
  const std::uint64_t before = cloud_->counters().served;
  const auto answer = modest->send(one)->wait(wire::within(wire::kLong));
  const std::uint64_t meanwhile = cloud_->counters().served - before;
  ASSERT_TRUE(answer && *answer);
  EXPECT_LT(meanwhile, kMany / 4) << "so many of the other's went first";
  for (const auto& pending : many) EXPECT_TRUE(pending->wait(wire::within(wire::kLong)));
}

TEST_F(Crowd, RequestsThatWaitTogetherRunTogetherAndGetTheirOwnAnswers) {
  start({.most_together = 8});
  const wire::TailRequest different[] = {request(1), request(2)};
  std::vector<Tensor> alone;
  for (const wire::TailRequest& one : different)
    alone.push_back((*mobilenet()->run(mobilenet()->tail(kCut), one.wire))[0]);
  std::vector<std::unique_ptr<link::Pending>> pending;
  for (std::size_t i = 0; i < kMany; ++i) pending.push_back(greedy_->send(different[i % 2]));
  std::uint16_t most = 0;
  for (std::size_t i = 0; i < kMany; ++i) {
    const auto answer = pending[i]->wait(wire::within(wire::kLong));
    ASSERT_TRUE(answer && *answer);
    most = std::max(most, (*answer)->stamps.together);
    EXPECT_GE((*answer)->stamps.residence, (*answer)->stamps.queue + (*answer)->stamps.run);
    const auto got = (*answer)->outputs[0].floats(), expected = alone[i % 2].floats();
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t n = 0; n < got.size(); ++n) ASSERT_NEAR(got[n], expected[n], 1e-3) << i;
  }
  EXPECT_GT(most, 1U);
  std::uint64_t served = 0;
  for (const auto& [together, count] : cloud_->counters().runs) served += together * count;
  EXPECT_EQ(served, kMany);
}

TEST_F(Crowd, WhoWouldWaitTooLongIsSentAwayAtOnceAndStaysAwayForThatLong) {
  start({.most_together = 1});
  const wire::TailRequest one = request(1);
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(*greedy_->send(one)->wait(wire::within(wire::kLong)));  // It learns what a run takes.
  std::vector<std::unique_ptr<link::Pending>> many = flood(one);
  // An edge that sends much waits for its own: the queue is long for who is greedy, and short for who is not.
  wire::TailRequest hasty = one;
  hasty.deadline = wire::within(milliseconds(50));
  const auto refused = greedy_->send(hasty)->wait(wire::within(wire::kLong));
  ASSERT_TRUE(refused && !*refused);
  EXPECT_EQ(refused->error().kind, ErrorKind::overloaded);
  EXPECT_THAT(refused->error().message, HasSubstr("the answer would come too late"));
  EXPECT_GT(refused->error().retry_after, Duration{});

  const auto again = greedy_->send(one)->wait(wire::within(wire::kLong));
  ASSERT_TRUE(again && !*again);
  EXPECT_THAT(again->error().message, HasSubstr("is busy for another"));
  EXPECT_LE(again->error().retry_after, refused->error().retry_after);
  EXPECT_TRUE(*modest_->send(one)->wait(wire::within(wire::kLong))) << "another edge is served meanwhile";
  for (const auto& pending : many) {
    const auto served = pending->wait(wire::within(wire::kLong));
    EXPECT_TRUE(served && *served);
  }
  EXPECT_TRUE(
      wire::comes_true([&] { return static_cast<bool>(*greedy_->send(one)->wait(wire::within(wire::kLong))); }));
}

TEST_F(Crowd, TailsOfSeveralModelsAreServedSideBySide) {
  start({.most_together = 8});
  const wire::TailRequest large = request(1);
  std::vector<std::unique_ptr<link::Pending>> pending;
  std::vector<wire::Asked> small;
  for (std::uint64_t i = 0; i < 16; ++i) {
    small.push_back(wire::ask(static_cast<std::uint32_t>(i % 3), i));
    pending.push_back(greedy_->send(large));
    pending.push_back(modest_->send(small.back().request));
  }
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const auto answer = pending[i]->wait(wire::within(wire::kLong));
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ((*answer)->outputs[0].shape().back(), i % 2 == 0 ? 1000 : 10);
  }
}

}  // namespace
}  // namespace tideline::cloud
