#include "runtime/wire/certificates.h"

#include "tests/runtime/wire/certs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tideline::wire {
namespace {

using testing::HasSubstr;

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Certificates, KeysAreForTheirOwnerAlone) {
  const Certs certs;
  for (const char* key : {"ca.key", "cloud.key", "edge.key"})
    EXPECT_EQ(std::filesystem::status(certs.file(key)).permissions(), std::filesystem::perms(0600)) << key;
}

TEST(Certificates, NothingIsWrittenOver) {
  const Certs certs;
  const std::string before = text_of(certs.file("edge.key"));
  const std::filesystem::path folder = std::filesystem::path(certs.file("ca.pem")).parent_path();
  const auto again = make_certificate(folder, {TlsContext::Role::edge, "edge", {}, kValidNow});
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("edge.key: File exists"));
  EXPECT_FALSE(make_authority(folder, kValidNow));
  EXPECT_EQ(text_of(certs.file("edge.key")), before);
}

TEST(Certificates, WithoutACaThereAreNone) {
  const TemporaryFolder folder;
  const auto made = make_certificate(folder / "", {TlsContext::Role::edge, "edge", {}, kValidNow});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("ca.pem: No such file"));
}

TEST(Certificates, ANameThatIsNoHostIsRefused) {
  const Certs certs;
  const std::filesystem::path folder = std::filesystem::path(certs.file("ca.pem")).parent_path();
  for (const char* host : {"", "a b", "a,DNS:b", "@section"}) {
    const auto made = make_certificate(folder, {TlsContext::Role::cloud, "bad", {host}, kValidNow});
    ASSERT_FALSE(made) << host;
    EXPECT_EQ(made.error().kind, ErrorKind::invalid);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "bad.pem"));
}

TEST(Certificates, AreForHostsAsTheyAreNamedWithoutAPort) {
  EXPECT_TRUE(check_hosts({"cloud", "cloud.example", "*.cloud.example", "xn--bcher-kva.example", "a_b", "192.0.2.7",
                           "2001:db8::1", "::1", "localhost", std::string(63, 'a')}));
  for (const char* host : {"cloud:7070", "127.0.0.1:7070", "[::1]:7070", "cloud.example:"}) {
    const auto good = check_hosts({"cloud", host});
    ASSERT_FALSE(good) << host;
    EXPECT_THAT(good.error().message, HasSubstr("leave the port out")) << host;
  }
  for (const char* host : {"256.1.1.1", "1.2.3", "cloud..example", ".cloud", "cloud.", "-a", "a-", "*", "a.*", "a*.b",
                           "fe80::1%lo", "[::1]", ":7070", "1:2:3"})
    EXPECT_FALSE(check_hosts({host})) << host;
  EXPECT_FALSE(check_hosts({std::string(64, 'a')}));
}

}  // namespace
}  // namespace tideline::wire
