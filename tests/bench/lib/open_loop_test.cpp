#include "bench/lib/open_loop.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>

namespace tideline {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// Requests that end when the test says so.
class HeldRequests {
 public:
  OpenLoop::Sender sender() {
    return [this](std::size_t number) {
      std::unique_lock lock(m_);
      begun_.push_back(number);
      most_ = std::max(most_, ++under_way_);
      changed_.notify_all();
      changed_.wait(lock, [this] { return released_; });
      --under_way_;
    };
  }
  // Returns once that many have begun.
  std::vector<std::size_t> wait_for(std::size_t count) {
    std::unique_lock lock(m_);
    changed_.wait(lock, [&] { return begun_.size() >= count; });
    return begun_;
  }
  void release() {
    const std::lock_guard lock(m_);
    released_ = true;
    changed_.notify_all();
  }
  std::size_t most() const { return most_; }
  const std::vector<std::size_t>& begun() const { return begun_; }

 private:
  std::mutex m_;
  std::condition_variable changed_;
  std::vector<std::size_t> begun_;
  std::size_t under_way_ = 0;
  std::size_t most_ = 0;
  bool released_ = false;
};

TEST(OpenLoop, BeginsEveryRequestAlthoughNoneHasEnded) {
  HeldRequests requests;
  {
    OpenLoop loop(8, [&] { return requests.sender(); });
    loop.run(Clock::now(), {0, 0, 0.001, 0.002});
    EXPECT_THAT(requests.wait_for(4), UnorderedElementsAre(0, 1, 2, 3));
    requests.release();
  }
  EXPECT_EQ(requests.most(), 4);
}

TEST(OpenLoop, LetsRequestsBeyondTheMostWaitAndSendsThemAll) {
  HeldRequests requests;
  {
    OpenLoop loop(2, [&] { return requests.sender(); });
    loop.run(Clock::now(), {0, 0, 0, 0, 0});
    EXPECT_THAT(requests.wait_for(2), UnorderedElementsAre(0, 1));
    requests.release();
  }
  EXPECT_THAT(requests.begun(), UnorderedElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(requests.most(), 2);
}

TEST(OpenLoop, SendsByOneThreadInTheOrderOfTheirTimes) {
  HeldRequests requests;
  requests.release();
  {
    OpenLoop loop(1, [&] { return requests.sender(); });
    loop.run(Clock::now(), {0, 0, 0.001});
  }
  EXPECT_THAT(requests.begun(), ElementsAre(0, 1, 2));
}

TEST(OpenLoop, NeverBeginsARequestBeforeItIsDue) {
  std::mutex m;
  std::vector<Duration> began;
  const TimePoint start = Clock::now() + std::chrono::milliseconds(5);
  {
    const OpenLoop::Sender send = [&](std::size_t) {
      const std::lock_guard lock(m);
      began.push_back(Clock::now() - start);
    };
    OpenLoop loop(4, [&] { return send; });
    loop.run(start, {0, 0.02});
  }
  ASSERT_THAT(began, SizeIs(2));
  EXPECT_GE(began[0], Duration{});
  EXPECT_GE(began[1], std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace tideline
