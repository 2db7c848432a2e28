#include "runtime/wire/certificate_expiry.h"

#include "tests/runtime/wire/certs.h"

#include <gmock/gmock.h>

namespace tideline::wire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;

TEST(Expiry, IsThatOfTheCertificateAndOfItsCa) {
  const auto now = std::chrono::floor<seconds>(system_clock::now());
  for (const auto& [own, of_ca] : {std::pair(hours(10), hours(1000)), std::pair(hours(1000), hours(10))}) {
    const TemporaryFolder folder;
    ASSERT_TRUE(make_authority(folder / "", {now - hours(1), now + of_ca}));
    ASSERT_TRUE(make_certificate(folder / "", {TlsContext::Role::edge, "edge", {}, {now - hours(1), now + own}}));
    const auto tls = TlsContext::load(
        TlsContext::Role::edge,
        {(folder / "ca.pem").string(), (folder / "edge.pem").string(), (folder / "edge.key").string()});
    ASSERT_TRUE(tls) << tls.error().message;
    EXPECT_EQ(expiry(**tls), (Expiry{now + own, now + of_ca}));
    EXPECT_EQ(expiry(**tls)->first(), now + hours(10));
  }
}

TEST(Expiry, IsKnownAfterItHasPassed) {
  const Certs certs;
  certs.add({TlsContext::Role::edge, "late", {}, kExpired});
  const auto late = TlsContext::load(TlsContext::Role::edge, certs.files("late"), TlsContext::Dates::whenever);
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_EQ(expiry(**late)->certificate, std::chrono::floor<seconds>(kExpired.until));
}

TEST(Expiry, IsSaidAMonthAhead) {
  const system_clock::time_point now{};
  const auto says = [&](system_clock::time_point own, system_clock::time_point ca) {
    return expiry_warning({"ca.pem", "edge.pem", "edge.key"}, {own, ca}, now);
  };
  const auto far = now + hours(1000 * 24);
  EXPECT_EQ(says(now + hours(30 * 24), far), "");
  EXPECT_EQ(says(now + hours(30 * 24) - seconds(1), far),
            "tls.cert: edge.pem expires in 29 days; renew it with agent --make-certs DIR --renew, and send SIGHUP");
  EXPECT_THAT(says(now + hours(24), far), testing::StartsWith("tls.cert: edge.pem expires in 1 day; "));
  EXPECT_THAT(says(now + seconds(20), far), testing::StartsWith("tls.cert: edge.pem expires in less than a day; "));
  EXPECT_THAT(says(now - seconds(1), far), testing::StartsWith("tls.cert: edge.pem has expired; "));
  EXPECT_THAT(says(far, now + hours(48)), testing::StartsWith("tls.ca: ca.pem expires in 2 days; make a CA in "));
}

TEST(Expiry, IsWrittenInUtc) {
  EXPECT_EQ(utc_text(system_clock::from_time_t(1'859'126'400)), "2028-11-29T16:00:00Z");
}

}  // namespace
}  // namespace tideline::wire
