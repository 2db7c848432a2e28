#include "runtime/cloud/cloud_server.h"

#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace tideline {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class FakeStressor final : public Stressor {
 public:
  Result<LoadAnswer> impose(const CloudLoad& asked) override {
    const std::lock_guard lock(m_);
    asked_.push_back(asked);
    return LoadAnswer{{asked.cpu / 2, asked.memory / 2}, {"cpu load: half of it"}};
  }
  std::vector<CloudLoad> asked() const {
    const std::lock_guard lock(m_);
    return asked_;
  }

 private:
  mutable std::mutex m_;
  std::vector<CloudLoad> asked_;  // Guarded by m_.
};

TEST(CloudServer, TurnsEdgesAwayThatAreTooMany) {
  CloudServer::Options options;
  options.limits.connections = 1;
  const auto cloud = start_cloud(options);
  TcpLink first(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(first.wait_up(within(kLong)));
  TcpLink second(to_port(cloud->port()), nullptr, silent_log());
  EXPECT_TRUE(comes_true([&] { return second.state().why.find("serves 1 edges already") != std::string::npos; }));
  EXPECT_TRUE(first.state().up);
}

TEST(CloudServer, APortInUseIsOneClearSentence) {
  const auto cloud = start_cloud();
  CloudServer::Options options;
  options.listen = {"127.0.0.1", cloud->port()};
  const auto second = CloudServer::start(options, {}, silent_log());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::invalid);
  EXPECT_EQ(second.error().message, "cannot listen on 127.0.0.1:" + std::to_string(cloud->port()) +
                                        ": Address already in use; stop the program that "
                                        "listens there or choose another port");
}

TEST(CloudServer, AnAddressThatIsNotOfThisMachineIsInvalid) {
  CloudServer::Options options;
  options.listen = {"192.0.2.1", 0};
  const auto cloud = CloudServer::start(options, {}, silent_log());
  ASSERT_FALSE(cloud);
  EXPECT_EQ(cloud.error().kind, ErrorKind::invalid);
  EXPECT_THAT(cloud.error().message, HasSubstr("cannot listen on 192.0.2.1:0"));
}

TEST(CloudServer, TellsEdgesItsModelsAndItsMachine) {
  CloudServer::Options options;
  options.machine = {{"cpu", "a fast one"}};
  const auto cloud = start_cloud(options);
  TcpLink link(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(within(kLong)));
  EXPECT_EQ(link.state().machine, options.machine);
}

TEST(CloudServer, LoadsItsMachineWhenAskedAndUnloadsItWhenTheEdgeGoes) {
  FakeStressor stressor;
  CloudServer::Options options;
  options.stressor = &stressor;
  const auto cloud = start_cloud(options);
  auto link = std::make_unique<TcpLink>(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link->wait_up(within(kLong)));
  const Result<LoadAnswer> loaded = link->impose({0.8, 0.4}, within(kLong));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_DOUBLE_EQ(loaded->reached.cpu, 0.4);
  EXPECT_DOUBLE_EQ(loaded->reached.memory, 0.2);
  EXPECT_THAT(loaded->remarks, testing::ElementsAre("cpu load: half of it"));
  link.reset();
  ASSERT_TRUE(comes_true([&] { return stressor.asked().size() == 2; }));
  EXPECT_EQ(stressor.asked()[0].cpu, 0.8);
  EXPECT_EQ(stressor.asked()[1].cpu, 0);
  EXPECT_EQ(stressor.asked()[1].memory, 0);
}

TEST(CloudServer, TwoEdgesDoNotShareOneLoad) {
  FakeStressor stressor;
  CloudServer::Options options;
  options.stressor = &stressor;
  const auto cloud = start_cloud(options);
  auto first = std::make_unique<TcpLink>(to_port(cloud->port()), nullptr, silent_log());
  TcpLink second(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(first->wait_up(within(kLong)));
  ASSERT_TRUE(second.wait_up(within(kLong)));
  ASSERT_TRUE(first->impose({0.8, 0.4}, within(kLong)));
  for (const CloudLoad& asked : {CloudLoad{0.5, 0}, CloudLoad{}}) {
    const Result<LoadAnswer> refused = second.impose(asked, within(kLong));
    ASSERT_FALSE(refused) << "one that takes the other's load away, too";
    EXPECT_EQ(refused.error().kind, ErrorKind::overloaded);
    EXPECT_THAT(refused.error().message, HasSubstr("another edge loads this cloud's machine"));
  }
  EXPECT_EQ(stressor.asked().size(), 1U);
  first.reset();
  EXPECT_TRUE(comes_true([&] { return static_cast<bool>(second.impose({0.2, 0}, within(kLong))); }));
  const std::vector<CloudLoad> asked = stressor.asked();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[1].cpu, 0) << "the first one's load was gone before the second's began";
  EXPECT_EQ(asked[2].cpu, 0.2);
  ASSERT_TRUE(second.impose({}, within(kLong)));
  TcpLink third(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(third.wait_up(within(kLong)));
  EXPECT_TRUE(third.impose({0.1, 0}, within(kLong))) << "who takes its own load away lets others";
}

TEST(CloudServer, OneThatDoesNotLetItselfBeLoadedSaysHowToAllowIt) {
  const auto cloud = start_cloud();
  TcpLink link(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(within(kLong)));
  const Result<LoadAnswer> loaded = link.impose({0.5, 0}, within(kLong));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::invalid);
  EXPECT_THAT(loaded.error().message, HasSubstr("start it with --allow-stress"));
}

TEST(CloudServer, CountsWhatItDoes) {
  const auto cloud = start_cloud();
  TcpLink link(to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(within(kLong)));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto answer = link.send(ask(0, i).request)->wait(within(kLong));
    ASSERT_TRUE(answer && *answer);
    EXPECT_GT((*answer)->stamps.run, Duration{});
    EXPECT_GE((*answer)->stamps.residence, (*answer)->stamps.run + (*answer)->stamps.queue);
  }
  const CloudServer::Counters counters = cloud->counters();
  EXPECT_EQ(counters.connections, 1U);
  EXPECT_EQ(counters.served, 3U);
  EXPECT_EQ(counters.refused, 0U);
  EXPECT_EQ(counters.waiting, 0U);
  EXPECT_GT(counters.received.count, 3U * 3136);
}

TEST(CloudServer, ADrainEndsAtItsDeadlineEvenIfAnEdgeDoesNotGo) {
  const auto cloud = start_cloud();
  RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  cloud->drain(within(milliseconds(50)));
  EXPECT_EQ(cloud->counters().connections, 0U);
  const std::optional<RawFrame> goodbye = peer.hear();
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->header.type, FrameType::goodbye);
  EXPECT_TRUE(peer.hung_up());
}

TEST(CloudServer, ASilenceInTheMiddleOfAPayloadIsStampedAsSuch) {
  const auto cloud = start_cloud();
  RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  const std::vector<std::byte> frame = frame_bytes(FrameType::probe, 1, {}, std::string((64_KiB).count, 'x'));
  const std::uint64_t before = cloud->counters().received.count;
  const auto first = std::span(frame).first((40_KiB).count);
  ASSERT_TRUE(peer.say(first));
  ASSERT_TRUE(comes_true([&] { return cloud->counters().received.count == before + first.size(); }));
  std::this_thread::sleep_for(milliseconds(120));  // The outage.
  ASSERT_TRUE(peer.say(std::span(frame).subspan(first.size())));
  const std::optional<RawFrame> echo = peer.hear();
  ASSERT_TRUE(echo && echo->header.type == FrameType::echo);
  const Stamps stamps = *decode_echo(echo->meta);
  EXPECT_GE(stamps.silence, milliseconds(120));
  EXPECT_LE(stamps.silence, stamps.receiving);
  EXPECT_GT(stamps.after_silence.count, 0U);
  EXPECT_LE(stamps.after_silence, stamps.counted);
}

}  // namespace
}  // namespace tideline
