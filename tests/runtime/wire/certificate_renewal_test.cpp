// The renewal of certificates in the folder of their CA.
#include "runtime/wire/certificate_renewal.h"

#include "runtime/wire/certificate_expiry.h"
#include "tests/runtime/wire/certs.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tideline::wire {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

std::string content_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(CertificateRenewal, KeepsRoleAndHostsAndTheCa) {
  const Certs certs;
  certs.add({TlsContext::Role::cloud, "named", {"a.example", "*.b.example", "192.0.2.7", "2001:db8::7"}, kExpired});
  const std::filesystem::path folder = std::filesystem::path(certs.file("ca.pem")).parent_path();
  EXPECT_THAT(certificates_in(folder), ElementsAre("cloud", "edge", "named"));
  const std::string ca = content_of(certs.file("ca.pem")), key = content_of(certs.file("named.key"));
  const auto renewed = renew_certificate(folder, "named", valid_for(hours(-1), hours(2)));
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->made.role, TlsContext::Role::cloud);
  EXPECT_THAT(renewed->made.hosts, ElementsAre("a.example", "*.b.example", "192.0.2.7", "2001:db8::7"));
  EXPECT_EQ(renewed->before, std::chrono::floor<std::chrono::seconds>(kExpired.until));
  EXPECT_TRUE(TlsContext::load(TlsContext::Role::cloud, certs.files("named")));
  EXPECT_EQ(content_of(certs.file("ca.pem")), ca);
  EXPECT_NE(content_of(certs.file("named.key")), key);
  EXPECT_EQ(std::filesystem::status(certs.file("named.key")).permissions(), std::filesystem::perms(0600));
  EXPECT_THAT(certificates_in(folder), ElementsAre("cloud", "edge", "named")) << "nothing else is left there";
}

TEST(CertificateRenewal, AKeyThatAGroupMayReadStaysSo) {
  const Certs certs;
  std::filesystem::permissions(certs.file("edge.key"), std::filesystem::perms(0640));
  const std::filesystem::path folder = std::filesystem::path(certs.file("ca.pem")).parent_path();
  ASSERT_TRUE(renew_certificate(folder, "edge", kValidNow));
  EXPECT_EQ(std::filesystem::status(certs.file("edge.key")).permissions(), std::filesystem::perms(0640));
}

TEST(CertificateRenewal, EndsWithTheCaAtTheLatest) {
  const Certs certs;
  const std::filesystem::path folder = std::filesystem::path(certs.file("ca.pem")).parent_path();
  std::filesystem::remove(certs.file("edge.key"));  // It is only on its machine, say.
  ASSERT_TRUE(renew_certificate(folder, "edge", valid_for(hours(-1), hours(1000))));
  const auto end = expiry(*certs.edge());
  EXPECT_EQ(end->certificate, end->ca);
}

TEST(CertificateRenewal, LeavesWhatItCannotRenew) {
  const Certs certs;
  const std::filesystem::path folder = std::filesystem::path(certs.file("ca.pem")).parent_path();
  std::filesystem::copy_file(foreign_certs().file("edge.pem"), certs.file("foreign.pem"));
  const std::string before = content_of(certs.file("foreign.pem"));
  const auto foreign = renew_certificate(folder, "foreign", kValidNow);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().message, HasSubstr("is not signed by the CA in this folder"));
  EXPECT_EQ(content_of(certs.file("foreign.pem")), before);
  EXPECT_FALSE(renew_certificate(folder, "nobody", kValidNow));

  const TemporaryFolder old;
  ASSERT_TRUE(make_authority(old / "", kExpired));
  ASSERT_TRUE(make_certificate(old / "", {TlsContext::Role::edge, "edge", {}, kExpired}));
  const auto expired = renew_certificate(old / "", "edge", kValidNow);
  ASSERT_FALSE(expired);
  EXPECT_THAT(expired.error().message, HasSubstr("has expired; make another one in another folder"));
}

}  // namespace
}  // namespace tideline::wire
