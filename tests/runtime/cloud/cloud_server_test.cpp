#include "runtime/cloud/cloud_server.h"

#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

namespace tideline::cloud {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class FakeStressor final : public Stressor {
 public:
  Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked) override {
    const std::lock_guard lock(m_);
    asked_.push_back(asked);
    return wire::LoadAnswer{{asked.cpu / 2, asked.memory / 2}, {"cpu load: half of it"}};
  }
  std::vector<wire::CloudLoad> asked() const {
    const std::lock_guard lock(m_);
    return asked_;
  }

 private:
  mutable std::mutex m_;
  std::vector<wire::CloudLoad> asked_;  // Guarded by m_.
};

TEST(CloudServer, TurnsEdgesAwayThatAreTooMany) {
  CloudServer::Options options;
  options.limits.connections = 1;
  const auto cloud = wire::start_cloud(options);
  link::TcpLink first(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(first.wait_up(wire::within(wire::kLong)));
  link::TcpLink second(wire::to_port(cloud->port()), nullptr, silent_log());
  EXPECT_TRUE(wire::comes_true([&] { return second.state().why.find("serves 1 edges already") != std::string::npos; }));
  EXPECT_TRUE(first.state().up);
}

TEST(CloudServer, APortInUseIsOneClearSentence) {
  const auto cloud = wire::start_cloud();
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
  const auto cloud = wire::start_cloud(options);
  link::TcpLink link(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  EXPECT_EQ(link.state().machine, options.machine);
}

TEST(CloudServer, LoadsItsMachineWhenAskedAndUnloadsItWhenTheEdgeGoes) {
  FakeStressor stressor;
  CloudServer::Options options;
  options.stressor = &stressor;
  const auto cloud = wire::start_cloud(options);
  auto link = std::make_unique<link::TcpLink>(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link->wait_up(wire::within(wire::kLong)));
  const Result<wire::LoadAnswer> loaded = link->impose({0.8, 0.4}, wire::within(wire::kLong));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_DOUBLE_EQ(loaded->reached.cpu, 0.4);
  EXPECT_DOUBLE_EQ(loaded->reached.memory, 0.2);
  EXPECT_THAT(loaded->remarks, testing::ElementsAre("cpu load: half of it"));
  link.reset();
  ASSERT_TRUE(wire::comes_true([&] { return stressor.asked().size() == 2; }));
  EXPECT_EQ(stressor.asked()[0].cpu, 0.8);
  EXPECT_EQ(stressor.asked()[1].cpu, 0);
  EXPECT_EQ(stressor.asked()[1].memory, 0);
}

TEST(CloudServer, TwoEdgesDoNotShareOneLoad) {
  FakeStressor stressor;
  CloudServer::Options options;
  options.stressor = &stressor;
  const auto cloud = wire::start_cloud(options);
  auto first = std::make_unique<link::TcpLink>(wire::to_port(cloud->port()), nullptr, silent_log());
  link::TcpLink second(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(first->wait_up(wire::within(wire::kLong)));
  ASSERT_TRUE(second.wait_up(wire::within(wire::kLong)));
  ASSERT_TRUE(first->impose({0.8, 0.4}, wire::within(wire::kLong)));
  for (const wire::CloudLoad& asked : {wire::CloudLoad{0.5, 0}, wire::CloudLoad{}}) {
    const Result<wire::LoadAnswer> refused = second.impose(asked, wire::within(wire::kLong));
    ASSERT_FALSE(refused) << "one that takes the other's load away, too";
    EXPECT_EQ(refused.error().kind, ErrorKind::overloaded);
    EXPECT_THAT(refused.error().message, HasSubstr("another edge loads this cloud's machine"));
  }
  EXPECT_EQ(stressor.asked().size(), 1U);
  first.reset();
  EXPECT_TRUE(wire::comes_true([&] { return static_cast<bool>(second.impose({0.2, 0}, wire::within(wire::kLong))); }));
  const std::vector<wire::CloudLoad> asked = stressor.asked();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[1].cpu, 0) << "the first one's load was gone before the second's began";
  EXPECT_EQ(asked[2].cpu, 0.2);
  ASSERT_TRUE(second.impose({}, wire::within(wire::kLong)));
  link::TcpLink third(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(third.wait_up(wire::within(wire::kLong)));
  EXPECT_TRUE(third.impose({0.1, 0}, wire::within(wire::kLong))) << "who takes its own load away lets others";
}

TEST(CloudServer, OneThatDoesNotLetItselfBeLoadedSaysHowToAllowIt) {
  const auto cloud = wire::start_cloud();
  link::TcpLink link(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  const Result<wire::LoadAnswer> loaded = link.impose({0.5, 0}, wire::within(wire::kLong));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::invalid);
  EXPECT_THAT(loaded.error().message, HasSubstr("start it with --allow-stress"));
}

TEST(CloudServer, CountsWhatItDoes) {
  const auto cloud = wire::start_cloud();
  link::TcpLink link(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto answer = link.send(wire::ask(0, i).request)->wait(wire::within(wire::kLong));
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

TEST(CloudServer, TellsOfEachTailItsPriorityItsTraceAndHowItWent) {
  std::mutex m;
  std::vector<TailAccess> heard;
  CloudServer::Options options;
  options.access = [&](const TailAccess& access) {
    const std::lock_guard lock(m);
    heard.push_back(access);
  };
  const auto cloud = wire::start_cloud(options);
  link::TcpLink link(wire::to_port(cloud->port()), nullptr, silent_log());
  ASSERT_TRUE(link.wait_up(wire::within(wire::kLong)));
  wire::TailRequest asked = wire::ask(1, 3).request;
  asked.priority = 3;
  asked.trace = wire::kSampleTrace;
  const auto answer = link.send(asked)->wait(wire::within(wire::kLong));
  ASSERT_TRUE(answer && *answer);
  wire::TailRequest unknown = wire::ask(1, 3).request;
  unknown.plan.model = wire::kSampleDigest;
  ASSERT_TRUE(link.send(unknown)->wait(wire::within(wire::kLong)));
  const std::lock_guard lock(m);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].result, "answered");
  EXPECT_EQ(heard[0].priority, 3U);
  EXPECT_EQ(heard[0].trace, wire::kSampleTrace);
  EXPECT_EQ(heard[0].model, "lenet");
  EXPECT_EQ(heard[0].plan, asked.plan);
  EXPECT_EQ(heard[0].received, asked.wire[0].bytes().size());
  EXPECT_EQ(heard[0].sent, 40U);
  EXPECT_GT(heard[0].took, Duration{});
  EXPECT_EQ(heard[1].result, "invalid");
  EXPECT_EQ(heard[1].model, "001122334455");
  EXPECT_EQ(heard[1].trace, "");
}

TEST(CloudServer, ADrainEndsAtItsDeadlineEvenIfAnEdgeDoesNotGo) {
  const auto cloud = wire::start_cloud();
  wire::RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  cloud->drain(wire::within(milliseconds(50)));
  EXPECT_EQ(cloud->counters().connections, 0U);
  const std::optional<wire::RawFrame> goodbye = peer.hear();
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->header.type, wire::FrameType::goodbye);
  EXPECT_TRUE(peer.hung_up());
}

TEST(CloudServer, ASilenceInTheMiddleOfAPayloadIsStampedAsSuch) {
  const auto cloud = wire::start_cloud();
  wire::RawPeer peer(cloud->port());
  ASSERT_TRUE(peer.greet());
  const std::vector<std::byte> frame = frame_bytes(wire::FrameType::probe, 1, {}, std::string((64_KiB).count, 'x'));
  const std::uint64_t before = cloud->counters().received.count;
  const auto first = std::span(frame).first((40_KiB).count);
  ASSERT_TRUE(peer.say(first));
  ASSERT_TRUE(wire::comes_true([&] { return cloud->counters().received.count == before + first.size(); }));
  std::this_thread::sleep_for(milliseconds(120));  // The outage.
  ASSERT_TRUE(peer.say(std::span(frame).subspan(first.size())));
  const std::optional<wire::RawFrame> echo = peer.hear();
  ASSERT_TRUE(echo && echo->header.type == wire::FrameType::echo);
  const wire::Stamps stamps = *wire::decode_echo(echo->meta);
  EXPECT_GE(stamps.silence, milliseconds(120));
  EXPECT_LE(stamps.silence, stamps.receiving);
  EXPECT_GT(stamps.after_silence.count, 0U);
  EXPECT_LE(stamps.after_silence, stamps.counted);
}

}  // namespace
}  // namespace tideline::cloud
