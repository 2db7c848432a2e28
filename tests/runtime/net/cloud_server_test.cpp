// What peers may do to a cloud, and what it does then. In each case another edge keeps being served.
#include "runtime/net/cloud_server.h"

#include "tests/runtime/net/loopback.h"
#include "tests/runtime/net/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace tideline {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class FakeStressor final : public Stressor {
 public:
  Result<CloudLoad> impose(const CloudLoad& asked) override {
    const std::lock_guard lock(m_);
    asked_.push_back(asked);
    return CloudLoad{asked.cpu / 2, asked.memory / 2};
  }
  std::vector<CloudLoad> asked() const {
    const std::lock_guard lock(m_);
    return asked_;
  }

 private:
  mutable std::mutex m_;
  std::vector<CloudLoad> asked_;  // Guarded by m_.
};

class HostilePeers : public testing::Test {
 protected:
  static CloudServer::Options options() {
    CloudServer::Options options;
    options.limits.slow_frame = milliseconds(400);
    options.limits.payload = 1_MiB;
    options.limits.in_flight = 8;
    return options;
  }

  void TearDown() override {
    EXPECT_TRUE(serves(good_)) << "another edge was not served any more";
    EXPECT_EQ(good_.state().connects, 1U) << "another edge was disturbed";
  }

  static bool serves(TcpLink& link) {
    if (!link.wait_up(within(kLong))) return false;
    const Asked asked = ask(1, 3);
    const auto answer = link.send(asked.request)->wait(within(kLong));
    return answer && *answer && same((*answer)->outputs, expected(asked));
  }

  // Expects a refusal of the connection with these words, the end of it, and one violation counted.
  void expect_hung_up_on(RawPeer& peer, const std::string& words) {
    const std::optional<RawFrame> frame = peer.hear();
    ASSERT_TRUE(frame) << words;
    ASSERT_EQ(frame->header.type, FrameType::refusal);
    EXPECT_EQ(frame->header.id, 0U);
    const Result<Refusal> refusal = decode_refusal(frame->head);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->why.kind, ErrorKind::corrupt);
    EXPECT_THAT(refusal->why.message, HasSubstr(words));
    EXPECT_TRUE(peer.hung_up());
    peer.close();
    EXPECT_TRUE(comes_true([&] { return cloud_->counters().violations == 1; }));
    EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
  }

  // Expects a refusal of request `id`, on a connection that goes on.
  Error refusal_of(RawPeer& peer, std::uint64_t id) {
    const std::optional<RawFrame> frame = peer.hear();
    if (!frame || frame->header.type != FrameType::refusal) {
      ADD_FAILURE() << "no refusal came";
      return {};
    }
    EXPECT_EQ(frame->header.id, id);
    EXPECT_TRUE(peer.say(FrameType::probe, 99, {}));
    const std::optional<RawFrame> echo = peer.hear();
    EXPECT_TRUE(echo && echo->header.type == FrameType::echo && echo->header.id == 99);
    EXPECT_EQ(cloud_->counters().violations, 0U);
    EXPECT_EQ(cloud_->counters().refused, 1U);
    return decode_refusal(frame->head)->why;
  }

  static RunMessage run_message(std::uint32_t cut) {
    RunMessage message{{lenet()->digest(), cut, Codec::fp32}, kLong, 1, {}};
    for (const TensorSpec& spec : lenet()->cuts()[cut].tensors) {
      message.sizes.push_back(byte_count(spec.dtype, spec.shape)->count);
    }
    return message;
  }

  const std::unique_ptr<CloudServer> cloud_ = start_cloud(options());
  TcpLink good_{to_port(cloud_->port()), nullptr, silent_log()};
};

TEST_F(HostilePeers, RandomBytesAreNotTheProtocol) {
  ASSERT_TRUE(serves(good_));
  std::mt19937 random(5);
  std::vector<std::byte> bytes(5000);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  RawPeer peer(cloud_->port());
  peer.say(bytes);
  expect_hung_up_on(peer, "not the Tideline protocol");
}

TEST_F(HostilePeers, AnHttpClientIsToldSo) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  peer.say(std::as_bytes(std::span(std::string_view("GET / HTTP/1.1\r\nHost: a-rather-long-name\r\n\r\n"))));
  expect_hung_up_on(peer, "not the Tideline protocol");
}

TEST_F(HostilePeers, AnotherVersionIsToldBothNumbers) {
  ASSERT_TRUE(serves(good_));
  std::vector<std::byte> hello = frame_bytes(FrameType::hello, 0, encode(Hello{"future"}));
  hello[4] = std::byte{9};
  RawPeer peer(cloud_->port());
  peer.say(hello);
  expect_hung_up_on(peer, "the peer speaks version 9 of the Tideline protocol and this program version 3");
}

TEST_F(HostilePeers, AnEdgeThatDoesNotGreetFirstIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  peer.say(FrameType::probe, 1, {});
  expect_hung_up_on(peer, "begin with a hello");
}

TEST_F(HostilePeers, AnEdgeThatSaysNothingAtAllIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  expect_hung_up_on(peer, "the greeting did not come in time");
}

TEST_F(HostilePeers, AFrameOverTheLimitIsHungUpOnBeforeItsMemoryIsTaken) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(encode(FrameHeader{FrameType::run, 1, 64, 1ULL << 60}));
  expect_hung_up_on(peer, "exceeds the limit of 1048576 bytes");
}

TEST_F(HostilePeers, SizesThatDoNotAddUpAreHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RunMessage lie = run_message(0);
  lie.sizes = {~0ULL, 5};  // Together 4, when they wrap around.
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(FrameType::run, 1, encode(lie), "1234");
  expect_hung_up_on(peer, "do not fit its payload");
}

TEST_F(HostilePeers, APayloadThatIsLongerThanItsTensorsIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RunMessage lie = run_message(0);
  lie.sizes = {2};
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(FrameType::run, 1, encode(lie), "1234");
  expect_hung_up_on(peer, "longer than its tensors");
}

TEST_F(HostilePeers, AHeadThatSaysNothingIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(FrameType::run, 1, Head(11, std::byte{1}));
  expect_hung_up_on(peer, "the head of a frame 'run' is broken");
}

TEST_F(HostilePeers, AFrameThatOnlyCloudsSendIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(FrameType::welcome, 1, encode(Welcome{}));
  expect_hung_up_on(peer, "has no place here");
}

TEST_F(HostilePeers, HalfAFrameAndSilenceIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  const Head head = encode(run_message(0));
  peer.say(encode(FrameHeader{FrameType::run, 1, static_cast<std::uint32_t>(head.size()), run_message(0).sizes[0]}));
  peer.say(head);
  expect_hung_up_on(peer, "a frame did not end in time");
}

TEST_F(HostilePeers, HalfAHeaderAndSilenceIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  peer.say(std::as_bytes(std::span(std::string_view("TIDE"))));
  expect_hung_up_on(peer, "a frame did not end in time");
}

TEST_F(HostilePeers, AFrameThatIsCutOffByTheEndOfTheConnectionIsNobodysViolation) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  std::vector<std::byte> frame = frame_bytes(FrameType::probe, 1, {}, std::string(1000, 'x'));
  frame.resize(500);
  peer.say(frame);
  peer.close();
  EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
  EXPECT_EQ(cloud_->counters().violations, 0U);
}

TEST_F(HostilePeers, APeerThatNeverReadsIsHungUpOn) {
  ASSERT_TRUE(serves(good_));
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  std::vector<std::byte> many;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<std::byte> probe = frame_bytes(FrameType::probe, 1, {});
    many.insert(many.end(), probe.begin(), probe.end());
  }
  // Every echo is larger than its probe: both directions fill, and then nothing moves.
  while (peer.say(many)) {
  }
  EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
  EXPECT_EQ(cloud_->counters().violations, 1U);
}

TEST_F(HostilePeers, AnUnknownModelIsRefusedAndTheConnectionGoesOn) {
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  RunMessage unknown{{std::string(kSampleDigest), 0, Codec::fp32}, kLong, 1, {100'000}};
  peer.say(FrameType::run, 5, encode(unknown), std::string(100'000, 'x'));
  const Error error = refusal_of(peer, 5);
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_THAT(error.message, HasSubstr("the cloud does not hold model 001122334455; "));
}

TEST_F(HostilePeers, ACutThatTheModelDoesNotHaveIsRefused) {
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  RunMessage message = run_message(0);
  message.plan.cut = lenet()->last_cut() + 1;
  peer.say(FrameType::run, 6, encode(message), std::string(message.sizes[0], 'x'));
  EXPECT_THAT(refusal_of(peer, 6).message, HasSubstr("model lenet has no cut"));
}

TEST_F(HostilePeers, ATensorOfAnotherSizeIsRefused) {
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  RunMessage message = run_message(0);
  message.sizes[0] -= 1;
  peer.say(FrameType::run, 7, encode(message), std::string(message.sizes[0], 'x'));
  const Error error = refusal_of(peer, 7);
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_THAT(error.message, HasSubstr("takes 3136 bytes, not 3135"));
}

TEST_F(HostilePeers, AnotherNumberOfTensorsIsRefused) {
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  RunMessage message = run_message(0);
  message.sizes = {};
  peer.say(FrameType::run, 8, encode(message));
  EXPECT_THAT(refusal_of(peer, 8).message, HasSubstr("cross 1 tensors, not 0"));
}

TEST_F(HostilePeers, ATailWhoseTimeIsUpIsRefusedAndNotRun) {
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  RunMessage message = run_message(0);
  message.budget = Duration{};
  peer.say(FrameType::run, 9, encode(message), std::string(message.sizes[0], '\0'));
  const Error error = refusal_of(peer, 9);
  EXPECT_EQ(error.kind, ErrorKind::overloaded);
  EXPECT_EQ(cloud_->counters().served, 0U);
}

TEST_F(HostilePeers, MoreThanMayBeUnderWayAtOnceIsRefusedAsOverloaded) {
  RawPeer peer(cloud_->port());
  ASSERT_TRUE(peer.greet());
  const RunMessage message = run_message(0);
  std::vector<std::byte> burst;
  constexpr std::uint64_t requests = 400;
  for (std::uint64_t id = 1; id <= requests; ++id) {
    const auto frame = frame_bytes(FrameType::run, id, encode(message), std::string(message.sizes[0], '\0'));
    burst.insert(burst.end(), frame.begin(), frame.end());
  }
  std::thread writer([&] { peer.say(burst); });
  std::uint64_t answered = 0, refused = 0;
  for (std::uint64_t i = 0; i < requests; ++i) {
    const std::optional<RawFrame> frame = peer.hear();
    if (!frame) break;
    if (frame->header.type == FrameType::answer) ++answered;
    if (frame->header.type != FrameType::refusal) continue;
    EXPECT_EQ(decode_refusal(frame->head)->why.kind, ErrorKind::overloaded);
    ++refused;
  }
  writer.join();
  EXPECT_EQ(answered + refused, requests);
  EXPECT_GE(answered, 8U);
  EXPECT_GT(refused, 0U);
  EXPECT_EQ(cloud_->counters().refused, refused);
}

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
  EXPECT_EQ(second.error().message, "127.0.0.1:" + std::to_string(cloud->port()) +
                                        " cannot be listened on: Address already in use; stop the program that "
                                        "listens there or choose another port");
}

TEST(CloudServer, AnAddressThatIsNotOfThisMachineIsInvalid) {
  CloudServer::Options options;
  options.listen = {"192.0.2.1", 0};
  const auto cloud = CloudServer::start(options, {}, silent_log());
  ASSERT_FALSE(cloud);
  EXPECT_EQ(cloud.error().kind, ErrorKind::invalid);
  EXPECT_THAT(cloud.error().message, HasSubstr("192.0.2.1:0 cannot be listened on"));
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
  const Result<CloudLoad> reached = link->impose({0.8, 0.4}, within(kLong));
  ASSERT_TRUE(reached) << reached.error().message;
  EXPECT_DOUBLE_EQ(reached->cpu, 0.4);
  EXPECT_DOUBLE_EQ(reached->memory, 0.2);
  link.reset();
  ASSERT_TRUE(comes_true([&] { return stressor.asked().size() == 2; }));
  EXPECT_EQ(stressor.asked()[0].cpu, 0.8);
  EXPECT_EQ(stressor.asked()[1].cpu, 0);
  EXPECT_EQ(stressor.asked()[1].memory, 0);
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
  const Stamps stamps = *decode_echo(echo->head);
  EXPECT_GE(stamps.silence, milliseconds(120));
  EXPECT_LE(stamps.silence, stamps.receiving);
  EXPECT_GT(stamps.after_silence.count, 0U);
  EXPECT_LE(stamps.after_silence, stamps.counted);
}

}  // namespace
}  // namespace tideline
