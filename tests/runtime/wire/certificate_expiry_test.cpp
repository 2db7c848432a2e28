#include "runtime/wire/certificate_expiry.h"

#include "tests/runtime/wire/certs.h"

#include <gmock/gmock.h>

namespace tideline::wire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;

TEST(Expiry, IsThatOfTheFirstCertificateUpToTheCa) {
  const auto now = std::chrono::floor<seconds>(system_clock::now());
  for (const auto& [own, of_ca] : {std::pair(hours(10), hours(1000)), std::pair(hours(1000), hours(10))}) {
    const TemporaryFolder folder;
    ASSERT_TRUE(make_authority(folder / "", {now - hours(1), now + of_ca}));
    ASSERT_TRUE(make_certificate(folder / "", {TlsContext::Role::edge, "edge", {}, {now - hours(1), now + own}}));
    const auto tls = TlsContext::load(
        TlsContext::Role::edge,
        {(folder / "ca.pem").string(), (folder / "edge.pem").string(), (folder / "edge.key").string()});
    ASSERT_TRUE(tls) << tls.error().message;
    EXPECT_EQ(expiry(**tls), now + hours(10));
  }
}

TEST(Expiry, IsSaidTwoWeeksAhead) {
  const system_clock::time_point now{};
  EXPECT_EQ(expiry_warning(now + hours(14 * 24), now), "");
  EXPECT_EQ(expiry_warning(now + hours(14 * 24) - seconds(1), now),
            "expires in 13 days; make another with agent --make-certs, and restart with it");
  EXPECT_THAT(expiry_warning(now + hours(24), now), testing::StartsWith("expires in 1 day; "));
  EXPECT_THAT(expiry_warning(now + seconds(20), now), testing::StartsWith("expires in less than a day; "));
  EXPECT_THAT(expiry_warning(now - seconds(1), now), testing::StartsWith("has expired; "));
}

}  // namespace
}  // namespace tideline::wire
