// The queue before the compute threads, over a runner that computes nothing and waits when told to.
#include "runtime/cloud/tail_scheduler.h"

#include "tests/support/scripted_link.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <sstream>

namespace tideline::cloud {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;

// Answers each request with nothing; a run of `n` takes alone + n * each, slept.
class FakeRunner final : public TailRunner {
 public:
  TailKind kind_of(const wire::RunMessage& asked) const override { return {asked.plan, 1, 64}; }
  Result<TailOutcome> run(std::span<const RequestedTail> requests) const override {
    if (requests.front().asked.plan.cut == kGated) gate.wait();
    std::this_thread::sleep_for(takes);
    if (fails_together && requests.size() > 1) return error(ErrorKind::internal, "too many");
    for (const RequestedTail& one : requests)
      if (one.asked.batch == kBad) {
        if (requests.size() > 1) ++spoilt;
        return error(ErrorKind::internal, "index out of range");
      }
    return TailOutcome{std::vector<std::vector<Tensor>>(requests.size()), {}, takes};
  }
  Result<void> try_together(const TailKind&) const override {
    if (mixes) return error(ErrorKind::invalid, "they look at each other");
    return {};
  }

  static constexpr std::uint32_t kGated = 99;
  static constexpr std::uint32_t kBad = 7;
  mutable Latch gate;
  Duration takes = milliseconds(1);  // However many run.
  bool mixes = false;
  bool fails_together = false;
  mutable std::atomic<int> spoilt{0};  // Batches that a bad request was in.
};

TailJob job(const void* edge, std::uint32_t cut, Duration patience, std::function<void(TailJob::Told)> answer) {
  TailJob job{.from = {edge, edge}, .arrived = Clock::now(), .deadline = Clock::now() + patience};
  job.requested.asked.plan = {std::string(64, 'a'), cut, plan::Codec::fp32};
  job.wanted = [] { return true; };
  job.answer = std::move(answer);
  return job;
}

// What a job is told, for a test to wait for.
class Told {
 public:
  TailJob::Told get() { return future_.get(); }
  bool comes() { return future_.wait_for(seconds(30)) == std::future_status::ready; }
  std::function<void(TailJob::Told)> tell() {
    return [promise = promise_](TailJob::Told told) { promise->set_value(std::move(told)); };
  }

 private:
  std::shared_ptr<std::promise<TailJob::Told>> promise_ = std::make_shared<std::promise<TailJob::Told>>();
  std::future<TailJob::Told> future_ = promise_->get_future();
};

void until_none_waits(const TailScheduler& slots) {
  while (slots.queued() > 0) std::this_thread::yield();
}

class TailSlotsTest : public testing::Test {
 protected:
  // So many edges ask again as soon as they have their answer, until `rounds` are through.
  void crowd(TailScheduler& slots, std::size_t edges, int rounds) {
    std::vector<std::thread> threads;
    for (std::size_t edge = 0; edge < edges; ++edge) {
      threads.emplace_back([&, edge] {
        for (int i = 0; i < rounds; ++i) {
          Told told;
          ASSERT_TRUE(slots.submit(job(&edges_[edge], 1, seconds(30), told.tell())));
          EXPECT_TRUE(told.get().outputs);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  // Seven good requests and a bad one wait together behind one that does not end; the last edge's is bad.
  void with_a_bad_one(TailScheduler& slots) {
    runner_.gate.close();
    Told gate, bad;
    std::vector<Told> good(7);
    ASSERT_TRUE(slots.submit(job(&edges_[8], FakeRunner::kGated, seconds(30), gate.tell())));
    TailJob worst = job(&edges_[7], 1, seconds(30), bad.tell());
    worst.requested.asked.batch = FakeRunner::kBad;
    ASSERT_TRUE(slots.submit(std::move(worst)));
    for (std::size_t i = 0; i < good.size(); ++i)
      ASSERT_TRUE(slots.submit(job(&edges_[i], 1, seconds(30), good[i].tell())));
    runner_.gate.open();
    EXPECT_FALSE(bad.get().outputs);
    for (Told& one : good) EXPECT_TRUE(one.get().outputs);
    EXPECT_TRUE(gate.get().outputs);
  }

  // Eight wait together behind one of another kind.
  void eight_at_once(TailScheduler& slots) {
    runner_.gate.close();
    Told gate;
    std::vector<Told> told(8);
    ASSERT_TRUE(slots.submit(job(&edges_[8], FakeRunner::kGated, seconds(30), gate.tell())));
    for (std::size_t i = 0; i < told.size(); ++i)
      ASSERT_TRUE(slots.submit(job(&edges_[i], 1, seconds(30), told[i].tell())));
    runner_.gate.open();
    for (Told& one : told) EXPECT_TRUE(one.get().outputs);
    EXPECT_TRUE(gate.get().outputs);
  }

  static std::uint64_t batches(const TailScheduler& slots) {
    std::uint64_t batches = 0;
    for (const auto& [together, count] : slots.runs()) batches += together > 1 ? count : 0;
    return batches;
  }

  static Log log_into(std::ostringstream& text) {
    return std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  }

  char edges_[16]{};
  FakeRunner runner_;
};

TEST_F(TailSlotsTest, ThoseThatWaitTogetherRunTogetherWhereThatIsFaster) {
  TailScheduler slots({.most_together = 8, .longest_wait = milliseconds(20)}, runner_, silent_log());
  for (int round = 0; round < 12; ++round) eight_at_once(slots);
  EXPECT_THAT(slots.runs(), Contains(Key(8)));
}

TEST_F(TailSlotsTest, OneThatComesAloneIsNeverHeld) {
  TailScheduler slots({.most_together = 8, .longest_wait = seconds(60)}, runner_, silent_log());
  crowd(slots, 1, 20);
  EXPECT_EQ(slots.runs(), (std::map<std::size_t, std::uint64_t>{{1, 20}}));
}

TEST_F(TailSlotsTest, OneWhoseTimeWouldPassIsNotHeld) {
  TailScheduler slots({.most_together = 8, .longest_wait = seconds(60)}, runner_, silent_log());
  crowd(slots, 8, 30);
  Told told;
  ASSERT_TRUE(slots.submit(job(&edges_[0], 1, seconds(20), told.tell())));
  EXPECT_TRUE(told.get().outputs) << "it was held until its time had passed";
}

TEST_F(TailSlotsTest, WhatLooksAtEachOtherNeverRunsTogether) {
  runner_.mixes = true;
  TailScheduler slots({.most_together = 8}, runner_, silent_log());
  crowd(slots, 8, 20);
  EXPECT_EQ(slots.runs(), (std::map<std::size_t, std::uint64_t>{{1, 160}}));
}

TEST_F(TailSlotsTest, ABatchThatFailsWhereNoneFailsAloneIsNeverTriedAgainAndTheLogSaysSo) {
  runner_.fails_together = true;
  std::ostringstream text;
  {
    TailScheduler slots({.most_together = 8}, runner_, log_into(text));
    crowd(slots, 8, 20);
    EXPECT_EQ(batches(slots), 1U);
  }
  EXPECT_THAT(text.str(), HasSubstr("run one by one from now on"));
  EXPECT_THAT(text.str(), HasSubstr("too many"));
}

TEST_F(TailSlotsTest, ABadRequestFailsAloneAndTheOthersGoOnTogether) {
  std::ostringstream text;
  {
    TailScheduler slots({.most_together = 8, .longest_wait = milliseconds(20)}, runner_, log_into(text));
    crowd(slots, 8, 30);
    with_a_bad_one(slots);
    const std::uint64_t before = batches(slots);
    crowd(slots, 8, 30);
    EXPECT_GT(batches(slots), before) << "they run together no more";
  }
  EXPECT_THAT(text.str(), HasSubstr("a request failed and spoilt its batch of"));
  EXPECT_THAT(text.str(), HasSubstr("index out of range"));
}

TEST_F(TailSlotsTest, AnEdgeThatSpoilsBatchesTimeAndAgainGoesAlone) {
  TailScheduler slots({.most_together = 8, .longest_wait = milliseconds(20)}, runner_, silent_log());
  crowd(slots, 8, 30);
  for (int i = 0; i < 20; ++i) with_a_bad_one(slots);
  EXPECT_LE(runner_.spoilt, 5) << "so many batches failed for one edge";
  EXPECT_GE(runner_.spoilt, 1);
}

TEST_F(TailSlotsTest, OneEdgeWithMuchDoesNotKeepAnotherWaiting) {
  TailScheduler slots({}, runner_, silent_log());
  Told gate, small;
  std::vector<Told> many(64);
  std::atomic<int> before{0};
  ASSERT_TRUE(slots.submit(job(&edges_[2], FakeRunner::kGated, seconds(30), gate.tell())));
  for (Told& one : many) {
    const auto tell = one.tell();
    ASSERT_TRUE(slots.submit(job(&edges_[0], 1, seconds(30), [&before, tell](TailJob::Told told) {
      ++before;
      tell(std::move(told));
    })));
  }
  ASSERT_TRUE(slots.submit(job(&edges_[1], 1, seconds(30), [&, tell = small.tell()](TailJob::Told told) {
    told.together = static_cast<std::uint16_t>(before);
    tell(std::move(told));
  })));
  runner_.gate.open();
  EXPECT_LE(small.get().together, 1) << "so many of the other edge's went first";
  for (Told& one : many) EXPECT_TRUE(one.get().outputs);
}

TEST_F(TailSlotsTest, TheHighestPriorityRunsFirstAndWithinOneTheFirstToCome) {
  TailScheduler slots({}, runner_, silent_log());
  Told gate;
  ASSERT_TRUE(slots.submit(job(&edges_[8], FakeRunner::kGated, seconds(30), gate.tell())));
  until_none_waits(slots);
  std::mutex m;
  std::vector<int> order;
  const std::vector<Priority> priorities{10, 20, 1, 10, 1};
  std::vector<Told> told(priorities.size());
  for (int i = 0; i < 5; ++i) {
    TailJob one = job(&edges_[0], 1, seconds(30), [&, i, tell = told[i].tell()](TailJob::Told mine) {
      {
        const std::lock_guard lock(m);
        order.push_back(i);
      }
      tell(std::move(mine));
    });
    one.requested.asked.priority = priorities[i];
    ASSERT_TRUE(slots.submit(std::move(one)));
  }
  runner_.gate.open();
  for (Told& one : told) EXPECT_TRUE(one.get().outputs);
  EXPECT_THAT(order, testing::ElementsAre(2, 4, 0, 3, 1));
}

// Learns what a run takes; then nine tails wait behind one that does not end.
TEST_F(TailSlotsTest, OnlyThoseThatGoBeforeItMakeATailTooLate) {
  runner_.takes = milliseconds(10);
  TailScheduler slots({}, runner_, silent_log());
  crowd(slots, 1, 6);
  Told gate, urgent;
  ASSERT_TRUE(slots.submit(job(&edges_[2], FakeRunner::kGated, seconds(30), gate.tell())));
  until_none_waits(slots);
  std::vector<Told> waiting(9);
  for (std::size_t i = 0; i < waiting.size(); ++i)
    ASSERT_TRUE(slots.submit(job(&edges_[3 + i], 1, seconds(30), waiting[i].tell())));
  TailJob first = job(&edges_[0], 1, milliseconds(100), urgent.tell());
  first.requested.asked.priority = 1;
  TailJob last = job(&edges_[0], 1, milliseconds(100), [](const TailJob::Told&) {});
  last.requested.asked.priority = 20;
  EXPECT_FALSE(slots.submit(std::move(last)));
  EXPECT_TRUE(slots.submit(std::move(first)));
  runner_.gate.open();
  for (Told& one : waiting) EXPECT_TRUE(one.get().outputs);
}

// Learns what a run takes, and then fills the queue behind one that does not end.
TEST_F(TailSlotsTest, WhatWouldComeTooLateIsRefusedAtOnceWithTheTimeToStayAway) {
  runner_.takes = milliseconds(10);
  TailScheduler slots({}, runner_, silent_log());
  crowd(slots, 1, 6);
  Told gate;
  ASSERT_TRUE(slots.submit(job(&edges_[2], FakeRunner::kGated, seconds(30), gate.tell())));
  std::vector<Told> waiting(9);
  for (std::size_t i = 0; i < waiting.size(); ++i)
    ASSERT_TRUE(slots.submit(job(&edges_[3 + i], 1, seconds(30), waiting[i].tell())));

  const Result<void> late = slots.submit(job(&edges_[0], 1, milliseconds(40), [](const TailJob::Told&) {}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::overloaded);
  EXPECT_GE(late.error().retry_after, milliseconds(50)) << "nine or ten runs of 10 ms less the 40 ms that it has";
  Told patient;
  EXPECT_TRUE(slots.submit(job(&edges_[0], 1, seconds(30), patient.tell())));
  runner_.gate.open();
  EXPECT_TRUE(patient.get().outputs);
  for (Told& one : waiting) EXPECT_TRUE(one.get().outputs);
}

TEST_F(TailSlotsTest, WhatNobodyWaitsForAnyMoreIsNotRun) {
  TailScheduler slots({}, runner_, silent_log());
  Told gate, late, next;
  ASSERT_TRUE(slots.submit(job(&edges_[0], FakeRunner::kGated, seconds(30), gate.tell())));
  ASSERT_TRUE(slots.submit(job(&edges_[1], 1, milliseconds(1), late.tell())));
  TailJob gone = job(&edges_[2], 1, seconds(30), [](const TailJob::Told&) { ADD_FAILURE() << "nobody is there"; });
  gone.wanted = [] { return false; };
  ASSERT_TRUE(slots.submit(std::move(gone)));
  std::this_thread::sleep_until(Clock::now() + milliseconds(2));  // Its time is what has to pass.
  runner_.gate.open();
  const TailJob::Told told = late.get();
  ASSERT_FALSE(told.outputs);
  EXPECT_EQ(told.outputs.error().kind, ErrorKind::overloaded);
  ASSERT_TRUE(slots.submit(job(&edges_[3], 1, seconds(30), next.tell())));
  EXPECT_TRUE(next.get().outputs);
  EXPECT_EQ(slots.runs(), (std::map<std::size_t, std::uint64_t>{{1, 2}}));
}

TEST_F(TailSlotsTest, WhatWasAcceptedIsFinishedBeforeItEnds) {
  std::vector<Told> all(5);
  {
    TailScheduler slots({.most_together = 4}, runner_, silent_log());
    for (Told& one : all) ASSERT_TRUE(slots.submit(job(&edges_[0], 1, seconds(30), one.tell())));
  }
  for (Told& one : all) EXPECT_TRUE(one.get().outputs);
}

TEST_F(TailSlotsTest, WhoseTimeIsUpIsToldSoWhileALongRunGoesOn) {
  TailScheduler slots({}, runner_, silent_log());
  Told running, waiting;
  ASSERT_TRUE(slots.submit(job(&edges_[0], FakeRunner::kGated, seconds(30), running.tell())));
  until_none_waits(slots);
  ASSERT_TRUE(slots.submit(job(&edges_[1], 1, milliseconds(30), waiting.tell())));
  const bool came = waiting.comes();
  runner_.gate.open();
  ASSERT_TRUE(came) << "it was told only after the run";
  const TailJob::Told told = waiting.get();
  ASSERT_FALSE(told.outputs);
  EXPECT_EQ(told.outputs.error().kind, ErrorKind::overloaded);
  EXPECT_TRUE(running.get().outputs);
}

TEST_F(TailSlotsTest, AFullQueueTakesNobodyElseSTurn) {
  TailScheduler slots({.queue_limit = 2}, runner_, silent_log());
  Told running, first, second, third, others;
  ASSERT_TRUE(slots.submit(job(&edges_[0], FakeRunner::kGated, seconds(30), running.tell())));
  until_none_waits(slots);
  EXPECT_TRUE(slots.submit(job(&edges_[0], 1, seconds(30), first.tell())));
  EXPECT_TRUE(slots.submit(job(&edges_[0], 1, seconds(30), second.tell())));
  const Result<void> more = slots.submit(job(&edges_[0], 1, seconds(30), third.tell()));
  EXPECT_FALSE(more) << "who fills the queue is refused itself";
  EXPECT_TRUE(slots.submit(job(&edges_[1], 1, seconds(30), others.tell())));
  const TailJob::Told out = second.get();
  runner_.gate.open();
  ASSERT_FALSE(out.outputs);
  EXPECT_EQ(out.outputs.error().kind, ErrorKind::overloaded);
  EXPECT_EQ(out.outputs.error().message, "the cloud's queue is full");
  for (Told* told : {&running, &first, &others}) EXPECT_TRUE(told->get().outputs);
}

}  // namespace
}  // namespace tideline::cloud
