// When the agent warns in its log of a certificate that is about to expire.
#include "runtime/app/modes/certificate_watch.h"

#include "tests/runtime/wire/certs.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>

namespace tideline {
namespace {

using std::chrono::hours;

// The lines that the watch writes.
class CertificateWatch : public testing::Test {
 protected:
  int lines() const {
    const std::string text = out_.str();
    return static_cast<int>(std::ranges::count(text, '\n'));
  }
  std::ostringstream out_;
  const Log log_ =
      std::make_shared<spdlog::logger>("watch", std::make_shared<spdlog::sinks::ostream_sink_mt>(out_, true));
  const std::chrono::system_clock::time_point today_ = std::chrono::system_clock::now();
  const TimePoint now_ = Clock::now();
};

TEST_F(CertificateWatch, WarnsAMonthBeforeAndThenOnceADay) {
  const wire::Certs certs;
  const wire::TlsIdentity identity(certs.edge());  // It ends in an hour.
  modes::CertificateWatch watch(identity, log_);
  watch.look(today_ - hours(24 * 60), now_);
  EXPECT_EQ(lines(), 0) << "two months before";
  for (int hour = 0; hour < 24; ++hour) watch.look(today_ - hours(24 * 29), now_ + hours(hour));
  EXPECT_EQ(lines(), 1) << out_.str();
  watch.look(today_, now_ + hours(24));
  EXPECT_EQ(lines(), 2);
  EXPECT_THAT(out_.str(), testing::HasSubstr("edge.pem expires in less than a day"));
}

TEST_F(CertificateWatch, WarnsOfANewCertificateAtOnceIfItEndsSoonToo) {
  const wire::Certs certs;
  const wire::TlsIdentity identity(certs.edge());
  modes::CertificateWatch watch(identity, log_);
  watch.look(today_, now_);
  certs.add({wire::TlsContext::Role::edge, "next", {}, wire::valid_for(hours(-1), hours(2))});
  identity.take(certs.edge("next"));
  watch.look(today_, now_ + hours(1));
  EXPECT_EQ(lines(), 2) << out_.str();
}

TEST_F(CertificateWatch, TellsTheServiceManagerOfRefusedFilesFirst) {
  const wire::Certs certs;
  const wire::TlsIdentity identity(certs.edge());
  EXPECT_THAT(modes::certificate_remark(identity, today_), testing::HasSubstr("expires in less than a day"));
  EXPECT_FALSE(identity.read(certs.files("nobody")));
  EXPECT_THAT(modes::certificate_remark(identity, today_),
              testing::StartsWith("new certificates are not in use: tls.cert: cannot read "));
  EXPECT_EQ(modes::certificate_remark({}, today_), "");
}

}  // namespace
}  // namespace tideline
