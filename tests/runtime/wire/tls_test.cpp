// What a side says of its own certificate files before it begins.
#include "runtime/wire/tls.h"

#include "tests/runtime/wire/certs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace tideline::wire {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string complaint(TlsContext::Role role, const TlsContext::Files& files) {
  const auto context = TlsContext::load(role, files);
  EXPECT_FALSE(context);
  if (context) return "";
  EXPECT_EQ(context.error().kind, ErrorKind::invalid);
  return context.error().message;
}

std::string of_edge(const TlsContext::Files& files) {
  return complaint(TlsContext::Role::edge, files);
}

TEST(Tls, TakesWhatBelongsTogether) {
  EXPECT_TRUE(TlsContext::load(TlsContext::Role::edge, our_certs().files("edge")));
  EXPECT_TRUE(TlsContext::load(TlsContext::Role::cloud, our_certs().files("cloud")));
}

TEST(Tls, AFileThatIsNotThereIsNamedWithItsSetting) {
  TlsContext::Files files = our_certs().files("edge");
  files.ca = "/nowhere/ca.pem";
  EXPECT_THAT(of_edge(files), StartsWith("tls.ca: cannot read /nowhere/ca.pem: No such file"));
  files = our_certs().files("none");
  EXPECT_THAT(of_edge(files), StartsWith("tls.cert: cannot read "));
  files = our_certs().files("edge");
  files.key = "/nowhere/edge.key";
  EXPECT_THAT(of_edge(files), StartsWith("tls.key: cannot read /nowhere/edge.key"));
}

TEST(Tls, AFileThatIsSomethingElseIsNamedWithItsSetting) {
  const TemporaryFolder folder;
  const std::string text = folder.with("text", "this is no certificate\n");
  std::filesystem::permissions(text, std::filesystem::perms::owner_read);
  TlsContext::Files files = our_certs().files("edge");
  files.ca = text;
  EXPECT_THAT(of_edge(files), HasSubstr("holds no certificate in PEM"));
  files = our_certs().files("edge");
  files.certificate = text;
  EXPECT_THAT(of_edge(files), StartsWith("tls.cert: "));
  files = our_certs().files("edge");
  files.key = text;
  EXPECT_THAT(of_edge(files), HasSubstr("holds no private key in PEM"));
}

TEST(Tls, AKeyThatOthersMayReadIsRefused) {
  const Certs certs;
  std::filesystem::permissions(certs.file("edge.key"), std::filesystem::perms(0644));
  EXPECT_THAT(of_edge(certs.files("edge")), HasSubstr("chmod 600"));
  std::filesystem::permissions(certs.file("edge.key"), std::filesystem::perms(0640));
  EXPECT_TRUE(TlsContext::load(TlsContext::Role::edge, certs.files("edge")));
}

TEST(Tls, TheKeyOfAnotherCertificateIsRefused) {
  TlsContext::Files files = our_certs().files("edge");
  files.key = our_certs().file("cloud.key");
  EXPECT_THAT(of_edge(files), HasSubstr("is not the key of the certificate in"));
}

TEST(Tls, AServerOfHttpNeedsNoCaAndNamesItsOwnSettings) {
  TlsContext::Files files = our_certs().files("cloud");
  files.ca = "";
  const auto server = TlsContext::load_server(files);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ((*server)->role(), TlsContext::Role::server);
  files.key = our_certs().file("edge.key");
  const auto other = TlsContext::load_server(files);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, StartsWith("http.tls_key: "));
}

TEST(Tls, ACertificateThatTheOtherSideWouldRefuseIsRefusedHere) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "late", {}, kExpired});
  certs.add({TlsContext::Role::edge, "early", {}, kNotYetValid});
  EXPECT_THAT(of_edge(certs.files("late")), HasSubstr("has expired"));
  EXPECT_THAT(of_edge(certs.files("early")), HasSubstr("is not valid yet"));
  EXPECT_THAT(of_edge(certs.files("cloud")), HasSubstr("is not for an edge"));
  EXPECT_THAT(complaint(TlsContext::Role::cloud, certs.files("edge")), HasSubstr("is not for a cloud"));
  TlsContext::Files foreign = foreign_certs().files("edge");
  foreign.ca = certs.file("ca.pem");
  EXPECT_THAT(of_edge(foreign), HasSubstr("is not signed by the CA in"));
}

TEST(Tls, ACertificateThatIsNotValidNowIsReadOnRequestAndSaidSo) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "late", {}, kExpired});
  const auto late = TlsContext::load(TlsContext::Role::edge, certs.files("late"), TlsContext::Dates::whenever);
  ASSERT_TRUE(late) << late.error().message;
  ASSERT_FALSE((*late)->check_dates());
  EXPECT_THAT((*late)->check_dates().error().message, HasSubstr("has expired"));
  EXPECT_FALSE(TlsContext::load(TlsContext::Role::edge, certs.files("cloud"), TlsContext::Dates::whenever))
      << "the dates alone may be wrong";
}

}  // namespace
}  // namespace tideline::wire
