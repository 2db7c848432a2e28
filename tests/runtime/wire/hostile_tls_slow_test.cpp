// What peers may do to a cloud and to an edge that speak TLS. In each case another edge keeps being served.
#include "tests/runtime/wire/certs.h"
#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"
#include "tests/runtime/wire/tls_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

namespace tideline::wire {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

class HostileTlsPeers : public testing::Test {
 protected:
  static cloud::CloudServer::Options options() {
    cloud::CloudServer::Options options;
    options.tls = our_certs().cloud();
    options.limits.handshake = milliseconds(400);
    options.limits.slow_frame = milliseconds(400);
    options.limits.payload = 1_MiB;
    return options;
  }
  static link::TcpLink::Options link_options(std::uint16_t port) {
    link::TcpLink::Options options = to_port(port);
    options.tls = our_certs().edge();
    return options;
  }

  void SetUp() override { ASSERT_TRUE(serves(good_)) << good_.state().why; }
  void TearDown() override {
    EXPECT_TRUE(serves(good_)) << "another edge was not served any more";
    EXPECT_EQ(good_.state().connects, 1U) << "another edge was disturbed";
  }

  // Expects this one reason to be counted once, and the connection to be over.
  void expect_refused(const std::string& reason) {
    EXPECT_TRUE(comes_true([&] { return cloud_->counters().refusals[reason] == 1; })) << reason;
    EXPECT_EQ(cloud_->counters().refusals.size(), 1U);
    EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
  }

  std::uint16_t port() const { return cloud_->port(); }
  TlsPeer edge_peer() const { return {port(), {our_certs().files("edge")}}; }

  const std::unique_ptr<cloud::CloudServer> cloud_ = start_cloud(options());
  link::TcpLink good_{link_options(cloud_->port()), nullptr, silent_log()};
};

TEST_F(HostileTlsPeers, AnEdgeWithoutACertificateIsNotLetIn) {
  TlsPeer peer(port(), {});
  EXPECT_FALSE(peer.hear());
  EXPECT_TRUE(peer.hung_up());
  peer.raw().close();
  expect_refused("no_certificate");
}

TEST_F(HostileTlsPeers, AnEdgeOfAForeignCaIsNotLetIn) {
  TlsPeer peer(port(), {foreign_certs().files("edge")});
  EXPECT_FALSE(peer.hear());
  peer.raw().close();
  expect_refused("foreign_ca");
}

TEST_F(HostileTlsPeers, AnEdgeWhoseCertificateHasExpiredIsNotLetIn) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "late", {}, kExpired});
  const auto cloud = cloud::CloudServer::start({.listen = {"127.0.0.1", 0}, .tls = certs.cloud()}, {}, silent_log());
  TlsPeer peer((*cloud)->port(), {certs.files("late")});
  EXPECT_FALSE(peer.hear());
  EXPECT_TRUE(comes_true([&] { return (*cloud)->counters().refusals["expired"] == 1; }));
}

TEST_F(HostileTlsPeers, AnEdgeWhoseCertificateIsNotValidYetIsNotLetIn) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "early", {}, kNotYetValid});
  const auto cloud = cloud::CloudServer::start({.listen = {"127.0.0.1", 0}, .tls = certs.cloud()}, {}, silent_log());
  TlsPeer peer((*cloud)->port(), {certs.files("early")});
  EXPECT_FALSE(peer.hear());
  EXPECT_TRUE(comes_true([&] { return (*cloud)->counters().refusals["not_yet_valid"] == 1; }));
}

TEST_F(HostileTlsPeers, ACloudIsNotLetInAsAnEdge) {
  TlsPeer peer(port(), {our_certs().files("cloud")});
  EXPECT_FALSE(peer.hear());
  peer.raw().close();
  expect_refused("wrong_role");
}

TEST_F(HostileTlsPeers, OlderTlsIsNotSpoken) {
  TlsPeer peer(port(), {our_certs().files("edge"), TLS1_2_VERSION});
  EXPECT_FALSE(peer.hear());
  peer.raw().close();
  expect_refused("broken");
}

TEST_F(HostileTlsPeers, AnEdgeWithoutTlsIsToldSoInItsOwnWords) {
  link::TcpLink plain(to_port(port()), nullptr, silent_log());
  EXPECT_TRUE(comes_true([&] { return plain.state().why.find("it speaks only TLS") != std::string::npos; }))
      << plain.state().why;
  EXPECT_GE(cloud_->counters().refusals["not_tls"], 1U);
  EXPECT_EQ(cloud_->counters().violations, 0U);
}

TEST_F(HostileTlsPeers, RandomBytesAreNotTls) {
  std::mt19937 random(5);
  std::vector<std::byte> bytes(5000);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  RawPeer peer(port());
  peer.say(bytes);
  EXPECT_TRUE(peer.hung_up());
  peer.close();
  expect_refused("not_tls");
}

TEST_F(HostileTlsPeers, AnEdgeThatSaysNothingIsHungUpOn) {
  RawPeer peer(port());
  EXPECT_TRUE(peer.hung_up());
  peer.close();
  expect_refused("slow_handshake");
}

TEST_F(HostileTlsPeers, HalfAHandshakeAndSilenceIsHungUpOn) {
  RawPeer peer(port());
  peer.say(bytes_of(std::string_view("\x16\x03\x01\x02\x00\x01\x00", 7)));
  EXPECT_TRUE(peer.hung_up());
  peer.close();
  expect_refused("slow_handshake");
}

TEST_F(HostileTlsPeers, AHandshakeByteByByteIsHungUpOn) {
  RawPeer peer(port());
  peer.say(bytes_of(std::string_view("\x16\x03\x01\x02\x00", 5)));
  while (peer.say(bytes_of(std::string_view("\0", 1)))) std::this_thread::sleep_for(milliseconds(20));
  peer.close();
  EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
  EXPECT_EQ(cloud_->counters().refusals.size(), 1U);
}

TEST_F(HostileTlsPeers, AnEdgeThatIsLetInAndDoesNotGreetIsHungUpOn) {
  TlsPeer peer = edge_peer();
  EXPECT_EQ(peer.hear(), FrameType::refusal);
  EXPECT_TRUE(peer.hung_up());
  peer.raw().close();
  expect_refused("protocol");
}

TEST_F(HostileTlsPeers, HalfAFrameAndSilenceIsHungUpOn) {
  TlsPeer peer = edge_peer();
  ASSERT_TRUE(peer.say(FrameType::hello, 0, encode(Hello{"raw"})));
  ASSERT_EQ(peer.hear(), FrameType::welcome);
  peer.say(bytes_of("TIDE"));
  EXPECT_EQ(peer.hear(), FrameType::refusal);
  EXPECT_TRUE(peer.hung_up());
  peer.raw().close();
  expect_refused("protocol");
}

TEST_F(HostileTlsPeers, HalfARecordByteByByteIsHungUpOn) {
  TlsPeer peer = edge_peer();
  ASSERT_TRUE(peer.say(FrameType::hello, 0, encode(Hello{"raw"})));
  ASSERT_EQ(peer.hear(), FrameType::welcome);
  peer.raw().say(bytes_of(std::string_view("\x17\x03\x03\x40\x00", 5)));
  while (peer.raw().say(bytes_of("x"))) std::this_thread::sleep_for(milliseconds(20));
  peer.raw().close();
  expect_refused("protocol");
  EXPECT_EQ(cloud_->counters().violations, 1U);
}

TEST_F(HostileTlsPeers, ARecordThatIsForgedIsHungUpOn) {
  TlsPeer peer = edge_peer();
  ASSERT_TRUE(peer.say(FrameType::hello, 0, encode(Hello{"raw"})));
  ASSERT_EQ(peer.hear(), FrameType::welcome);
  peer.raw().say(bytes_of(std::string_view("\x17\x03\x03\x00\x20", 5)));
  peer.raw().say(bytes_of("0123456789abcdef0123456789abcdef"));
  EXPECT_TRUE(peer.hung_up());
  peer.raw().close();
  EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
}

TEST_F(HostileTlsPeers, APeerThatNeverReadsIsHungUpOn) {
  TlsPeer peer = edge_peer();
  ASSERT_TRUE(peer.say(FrameType::hello, 0, encode(Hello{"raw"})));
  ASSERT_EQ(peer.hear(), FrameType::welcome);
  std::vector<std::byte> many;
  for (int i = 0; i < 400; ++i) {
    const std::vector<std::byte> probe = frame_bytes(FrameType::probe, 1, {});
    many.insert(many.end(), probe.begin(), probe.end());
  }
  while (peer.say(many)) {
  }
  EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
  EXPECT_EQ(cloud_->counters().violations, 1U);
}

// What an edge with our CA says of a cloud.
std::string why_not(std::uint16_t port, const std::function<void(link::TcpLink::Options&)>& change = {}) {
  link::TcpLink::Options options = to_port(port);
  options.tls = our_certs().edge();
  if (change) change(options);
  const link::TcpLink link(options, nullptr, silent_log());
  comes_true([&] { return !link.state().why.starts_with("the link is connecting"); });
  EXPECT_FALSE(link.state().up);
  return link.state().why;
}

TEST(TlsLink, ACloudThatDoesNotBearTheNameThatWasDialledIsNotTrusted) {
  our_certs().add({TlsContext::Role::cloud, "elsewhere", {"elsewhere.example", "192.0.2.7"}, kValidNow});
  cloud::CloudServer::Options options;
  options.tls = our_certs().cloud("elsewhere");
  const auto cloud = start_cloud(options);
  const std::string why = why_not(cloud->port());
  EXPECT_THAT(why, HasSubstr("no TLS with 127.0.0.1: its certificate does not name this host"));
  EXPECT_TRUE(comes_true([&] { return cloud->counters().refusals["rejected"] >= 1; }));
  for (const char* name : {"elsewhere.example", "192.0.2.7"}) {
    link::TcpLink::Options asked = to_port(cloud->port());
    asked.tls = our_certs().edge();
    asked.tls_name = name;
    EXPECT_TRUE(link::TcpLink(asked, nullptr, silent_log()).wait_up(within(kLong))) << name;
  }
}

TEST(TlsLink, ACloudThatHasTheDialledHostAmongItsNamesIsTrusted) {
  cloud::CloudServer::Options options;
  options.tls = our_certs().cloud();
  const auto cloud = start_cloud(options);
  link::TcpLink::Options asked = to_port(cloud->port());
  asked.tls = our_certs().edge();
  asked.peer.host = "localhost";
  EXPECT_TRUE(link::TcpLink(asked, nullptr, silent_log()).wait_up(within(kLong)));
}

// On a way of nearly two seconds, the steps together take more than one of them may.
TEST(TlsLink, EachStepOfConnectingHasATimeOfItsOwn) {
  constexpr milliseconds kStep(600);
  RawListener listener;
  std::atomic<bool> up{false};
  std::thread far([&] {
    for (int i = 0; i < 20 && !up; ++i) {
      RawPeer knocked(listener.acceptor());
      std::this_thread::sleep_for(2 * kStep / 3);
      TlsPeer peer(std::move(knocked), {our_certs().files("cloud")});
      if (peer.hear() != FrameType::hello) continue;
      std::this_thread::sleep_for(2 * kStep / 3);
      if (peer.say(FrameType::welcome, 0, encode(Welcome{}))) peer.hung_up();
    }
  });
  {
    link::TcpLink::Options options = to_port(listener.port());
    options.tls = our_certs().edge();
    options.connect_timeout = kStep;
    const link::TcpLink link(options, nullptr, silent_log());
    EXPECT_TRUE(link.wait_up(within(kLong))) << link.state().why;
    up = true;
  }
  {
    const RawPeer last(listener.port());
  }  // Whom it may still wait for.
  far.join();
}

TEST(TlsLink, ACloudOfAForeignCaIsNotTrusted) {
  cloud::CloudServer::Options options;
  options.tls = foreign_certs().cloud();
  const auto cloud = start_cloud(options);
  EXPECT_THAT(why_not(cloud->port()), HasSubstr("is not signed by the CA in tls.ca"));
}

TEST(TlsLink, AnEdgeIsNotTrustedAsACloud) {
  RawListener listener;
  std::thread peer([&] { TlsPeer(listener, {our_certs().files("edge")}).hear(); });
  EXPECT_THAT(why_not(listener.port()), HasSubstr("is for the other role"));
  peer.join();
}

TEST(TlsLink, ACloudWhoseCertificateIsNotOfTodayIsNotTrusted) {
  const Certs& certs = our_certs();
  certs.add({TlsContext::Role::cloud, "late-cloud", {"127.0.0.1"}, kExpired});
  certs.add({TlsContext::Role::cloud, "early-cloud", {"127.0.0.1"}, kNotYetValid});
  for (const auto& [name, words] : {std::pair{"late-cloud", "has expired"}, {"early-cloud", "is not valid yet"}}) {
    RawListener listener;
    std::thread peer([&, file = certs.files(name)] { TlsPeer(listener, {file}).hear(); });
    EXPECT_THAT(why_not(listener.port()), HasSubstr(words));
    peer.join();
  }
}

TEST(TlsLink, ACloudWithoutTlsIsSaidToBeSo) {
  const auto cloud = start_cloud();
  EXPECT_THAT(why_not(cloud->port()), HasSubstr("it does not speak TLS"));
  EXPECT_TRUE(comes_true([&] { return cloud->counters().refusals["protocol"] >= 1; }));
  RawPeer peer(cloud->port());
  peer.say(bytes_of(std::string("\x16\x03\x01") + std::string(40, 'x')));
  const std::optional<RawFrame> frame = peer.hear();
  ASSERT_TRUE(frame);
  EXPECT_THAT(decode_refusal(frame->meta)->why.message, HasSubstr("speaks TLS and this side does not"));
}

TEST(TlsLink, ACloudThatDoesNotWantThisEdgeSaysWhy) {
  const auto cloud =
      cloud::CloudServer::start({.listen = {"127.0.0.1", 0}, .tls = foreign_certs().cloud()}, {}, silent_log());
  // An edge that trusts the foreign cloud and shows a certificate of ours, by a CA file that holds both.
  const TemporaryFolder folder;
  std::ofstream both(folder / "both.pem");
  for (const Certs* certs : {&our_certs(), &foreign_certs()}) both << std::ifstream(certs->file("ca.pem")).rdbuf();
  both.close();
  TlsContext::Files files = our_certs().files("edge");
  files.ca = (folder / "both.pem").string();
  const std::string why =
      why_not((*cloud)->port(), [&](auto& options) { options.tls = *TlsContext::load(TlsContext::Role::edge, files); });
  EXPECT_THAT(why, HasSubstr("it is not signed by the CA that the peer trusts"));
}

TEST(TlsLink, TheUplinkIsMeasuredAsItIsWithinTwentyPercent) {
  cloud::CloudServer::Options options;
  options.tls = our_certs().cloud();
  const auto cloud = start_cloud(options);
  Remembered remembered;
  link::TcpLink::Options asked = to_port(cloud->port());
  asked.tls = our_certs().edge();
  link::TcpLink link(asked, &remembered, silent_log());
  ASSERT_TRUE(link.wait_up(within(kLong)));
  link.limit(10_Mbps);
  for (std::size_t done = 0; done < 9; ++done) {
    link.probe(100_KiB);
    ASSERT_TRUE(comes_true([&] { return remembered.uplinks().size() == done + 1; }));
  }
  std::vector<BitsPerSecond> samples = remembered.uplinks();
  std::nth_element(samples.begin(), samples.begin() + 4, samples.end());
  EXPECT_NEAR(samples[4].value, 10e6, 2e6);
}

TEST_F(HostileTlsPeers, OneThatRenewsItsKeysWithoutEndIsHungUpOn) {
  TlsPeer peer = edge_peer();
  ASSERT_TRUE(peer.say(FrameType::hello, 0, encode(Hello{"raw"})));
  ASSERT_EQ(peer.hear(), FrameType::welcome);
  int renewed = 0;
  while (renewed < 200'000 && peer.renew_keys()) ++renewed;
  EXPECT_LT(renewed, 200'000) << "it went on and on";
  EXPECT_TRUE(comes_true([&] { return cloud_->counters().connections == 1; }));
  EXPECT_EQ(cloud_->counters().refusals["protocol"], 1U);
  EXPECT_EQ(cloud_->counters().violations, 1U);
}

TEST_F(HostileTlsPeers, OneThatRenewsItsKeysNowAndThenIsServed) {
  TlsPeer peer = edge_peer();
  ASSERT_TRUE(peer.say(FrameType::hello, 0, encode(Hello{"raw"})));
  ASSERT_EQ(peer.hear(), FrameType::welcome);
  for (std::uint64_t id = 1; id <= 20; ++id) {
    ASSERT_TRUE(peer.renew_keys());
    ASSERT_TRUE(peer.say(FrameType::probe, id, {}));
    ASSERT_EQ(peer.hear(), FrameType::echo) << id;
  }
  EXPECT_EQ(cloud_->counters().violations, 0U);
}

TEST_F(HostileTlsPeers, ACloudThatRenewsItsKeysWithoutEndIsHungUpOn) {
  RawListener listener;
  link::TcpLink::Options options = link_options(listener.port());
  link::TcpLink link(options, nullptr, silent_log());
  TlsPeer cloud(listener, {our_certs().files("cloud")});
  ASSERT_EQ(cloud.hear(), FrameType::hello);
  ASSERT_TRUE(cloud.say(FrameType::welcome, 0, encode(Welcome{})));
  int renewed = 0;
  while (renewed < 200'000 && cloud.renew_keys()) ++renewed;
  EXPECT_LT(renewed, 200'000);
  EXPECT_TRUE(comes_true([&] {
    return link.state().why.find("too many TLS records without content") != std::string::npos;
  })) << link.state().why;
}

}  // namespace
}  // namespace tideline::wire
