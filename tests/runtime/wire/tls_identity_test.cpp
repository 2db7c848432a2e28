// The certificate in use, and what happens when its files are replaced.
#include "runtime/wire/tls_identity.h"

#include "runtime/cloud/cloud_server.h"
#include "runtime/link/tcp_link.h"
#include "tests/runtime/wire/certs.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace tideline::wire {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(TlsIdentity, OneThatIsValidStaysAndOneThatIsNotIsReadAnew) {
  const Certs certs;
  TlsIdentity none(nullptr);
  EXPECT_TRUE(none.renew());
  TlsIdentity good(certs.edge());
  const auto before = good.context();
  EXPECT_TRUE(good.renew());
  EXPECT_EQ(good.context(), before);

  certs.add({TlsContext::Role::edge, "late", {}, kExpired});
  TlsIdentity late(*TlsContext::load(TlsContext::Role::edge, certs.files("late"), TlsContext::Dates::whenever));
  const TlsIdentity same(late.context());
  const auto refused = late.renew();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("has expired"));
  for (const char* const name : {"late.pem", "late.key"}) std::filesystem::remove(certs.file(name));
  certs.add({TlsContext::Role::edge, "late", {}, kValidNow});
  EXPECT_FALSE(late.renew()) << "strangers do not make it read files all the time";
  EXPECT_TRUE(same.renew());
  EXPECT_TRUE(same.context()->check_dates());
}

// Puts the files of one certificate in the place of another's.
void put(const Certs& from, const std::string& name, const Certs& into, const std::string& as) {
  for (const char* const kind : {".pem", ".key"})
    std::filesystem::copy_file(from.file(name + kind), into.file(as + kind),
                               std::filesystem::copy_options::overwrite_existing);
}

TEST(TlsIdentity, TakesNewFilesForAllItsCopies) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "next", {}, valid_for(std::chrono::hours(-1), std::chrono::hours(2))});
  const TlsIdentity identity(certs.edge());
  const TlsIdentity copy = identity;
  const auto before = identity.status()->expiry;
  put(certs, "next", certs, "edge");
  const auto next = identity.read(certs.files("edge"));
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(copy.status()->expiry, before) << "reading alone changes nothing";
  identity.take(*next);
  EXPECT_EQ(copy.context(), *next);
  EXPECT_GT(copy.status()->expiry->certificate, before->certificate);
  EXPECT_EQ(copy.status()->fault, "");
}

// Each of these leaves the certificate in use, and says why.
TEST(TlsIdentity, KeepsWhatItHasWhenTheNewFilesAreWrong) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "edge-2", {}, kValidNow});
  certs.add({TlsContext::Role::edge, "late", {}, kExpired});
  certs.add({TlsContext::Role::edge, "early", {}, kNotYetValid});
  const TlsIdentity identity(certs.edge());
  const auto before = identity.context();
  const auto refuses = [&](TlsContext::Files files, const std::string& words) {
    const auto next = identity.read(files);
    ASSERT_FALSE(next) << words;
    EXPECT_THAT(next.error().message, HasSubstr(words));
    EXPECT_EQ(identity.status()->fault, next.error().message);
    EXPECT_EQ(identity.context(), before);
  };
  TlsContext::Files half = certs.files("edge-2");
  half.key = certs.file("edge.key");
  refuses(half, "is not the key of the certificate in");
  refuses(certs.files("late"), "has expired");
  refuses(certs.files("early"), "is not valid yet");
  refuses(certs.files("cloud"), "is not for an edge");
  refuses(certs.files("nobody"), "tls.cert: cannot read ");
  TlsContext::Files foreign = foreign_certs().files("edge");
  foreign.ca = certs.file("ca.pem");
  refuses(foreign, "is not signed by the CA in");
  const auto good = identity.read(certs.files("edge-2"));
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(identity.status()->fault, "") << "the files are right again";
}

TEST(TlsIdentity, TakesOneThatIsNotValidNowInThePlaceOfAnotherSuchOne) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "late", {}, kExpired});
  certs.add({TlsContext::Role::edge, "early", {}, kNotYetValid});
  const TlsIdentity identity(
      *TlsContext::load(TlsContext::Role::edge, certs.files("early"), TlsContext::Dates::whenever));
  EXPECT_TRUE(identity.read(certs.files("late"))) << "perhaps the clock is wrong";
}

TEST(TlsIdentity, NoneIsNoTls) {
  const TlsIdentity none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.context(), nullptr);
  EXPECT_FALSE(none.status());
}

// Both sides change to certificates of another CA: first both trust both CAs, then each shows its new certificate.
TEST(TlsIdentity, ANewConnectionShowsTheNewCertificateAndAnOldOneGoesOn) {
  const Certs old, next;
  const TlsIdentity at_cloud(old.cloud());
  const auto cloud = cloud::CloudServer::start({.listen = {"127.0.0.1", 0}, .tls = at_cloud}, {}, silent_log());
  ASSERT_TRUE(cloud) << cloud.error().message;
  const TlsIdentity at_edge(old.edge());
  const auto link_to = [&] {
    link::TcpLink::Options options;
    options.peer = {"127.0.0.1", (*cloud)->port()};
    options.tls = at_edge;
    return std::make_unique<link::TcpLink>(options, nullptr, silent_log());
  };
  const auto comes_up = [](const link::TcpLink& link) { return link.wait_up(Clock::now() + std::chrono::seconds(20)); };
  const auto first = link_to();
  ASSERT_TRUE(comes_up(*first));

  const auto use = [](const TlsIdentity& identity, const TlsContext::Files& files) {
    const auto read = identity.read(files);
    ASSERT_TRUE(read) << read.error().message;
    identity.take(*read);
  };
  use(at_cloud, next.files("cloud"));
  const auto stranger = link_to();
  EXPECT_FALSE(stranger->wait_up(Clock::now() + std::chrono::milliseconds(300)));
  EXPECT_THAT(stranger->state().why, HasSubstr("is not signed by the CA in tls.ca"));
  use(at_edge, next.files("edge"));
  EXPECT_TRUE(comes_up(*stranger)) << stranger->state().why;
  EXPECT_TRUE(first->is_up());
  EXPECT_EQ(first->state().connects, 1u) << "it was not interrupted";
}

}  // namespace
}  // namespace tideline::wire
