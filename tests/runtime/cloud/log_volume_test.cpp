// What peers say reaches logs and status as one clean line, and only so much of it.
#include "runtime/base/bytes.h"
#include "runtime/base/line_limit.h"
#include "tests/runtime/wire/loopback.h"
#include "tests/runtime/wire/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace tideline::cloud {
namespace {

using testing::HasSubstr;
using testing::Not;

// A text as a peer of ours never writes it: long, of several lines, and with what a terminal obeys.
wire::FrameMeta evil_text(std::size_t size) {
  std::string text = "edge\n<3>forged\x1b[2J\xff";
  text.resize(size, 'x');
  ByteWriter writer;
  writer.put_text(text);
  return std::move(writer).take();
}

class LoggedText : public testing::Test {
 protected:
  LoggedText() { log_->set_formatter(line_format("%P%v")); }
  // Only once nothing writes to it any more.
  void expect_clean(std::size_t most) const {
    const std::string all = text_.str();
    EXPECT_LT(all.size(), most);
    EXPECT_THAT(all, Not(HasSubstr("\n<3>forged")));
    EXPECT_EQ(all.find_first_of("\x1b\xff"), std::string::npos);
    EXPECT_THAT(all, HasSubstr("edge\\n<3>forged\\x1b[2J\\xff"));
  }

  std::ostringstream text_;
  const Log log_ = std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
};

TEST_F(LoggedText, GreetingsOf60KiBTakeFewLinesOfACloudsLog) {
  CloudServer::Options options;
  options.listen.host = "127.0.0.1";
  auto cloud = CloudServer::start(options, {}, log_);
  ASSERT_TRUE(cloud);
  constexpr int kGreetings = 300;
  for (int i = 0; i < kGreetings; ++i) {
    wire::RawPeer peer((*cloud)->port());
    ASSERT_TRUE(peer.say(wire::FrameType::hello, 0, evil_text(60'000)));
    ASSERT_TRUE(peer.hear());
  }
  cloud->reset();
  expect_clean(4 * LineLimit::kLines * (wire::kLongestName + 200));
}

TEST_F(LoggedText, ACloudThatFlapsAndSaysMuchTakesFewLinesOfAnEdgesLogAndLittleOfItsStatus) {
  wire::RawListener listener;
  {
    link::TcpLink link(wire::to_port(listener.port()), nullptr, log_);
    for (int i = 0; i < 30; ++i) {
      wire::RawPeer edge(listener.acceptor());
      ASSERT_TRUE(edge.hear());
      ASSERT_TRUE(edge.say(wire::FrameType::welcome, 0, encode(wire::Welcome{})));
      ASSERT_TRUE(edge.say(wire::FrameType::goodbye, 0, evil_text(60'000)));
      ASSERT_TRUE(edge.hung_up());
      ASSERT_LT(link.state().why.size(), wire::kLongestText + 100);
    }
    EXPECT_TRUE(wire::comes_true([&] { return !link.state().up; }));
  }
  EXPECT_LT(text_.str().size(), 4 * LineLimit::kLines * (wire::kLongestText + 200));
}

}  // namespace
}  // namespace tideline::cloud
