#include "profiler/campaign/sweep.h"

#include "profiler/campaign/rounds.h"
#include "tests/profiler/campaigns.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <deque>
#include <span>

namespace tideline::campaign {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

// Notes what it is asked and refuses the cells that it is told to refuse.
class ScriptedStage final : public journal::Stage {
 public:
  Result<journal::ImposedLoad> impose(const plan::Stress& asked) override {
    asked_.push_back(asked);
    if (asked == refused_) return error(ErrorKind::invalid, "no permission to shape the link");
    return journal::ImposedLoad{asked, {}};
  }

  std::vector<plan::Stress> asked_;
  std::optional<plan::Stress> refused_;
};

// Answers from a script, and when that is used up with one and the same time.
class ScriptedSubject final : public journal::Subject {
 public:
  Result<journal::TimedInference> time(const plan::Plan& plan) override {
    asked_.push_back(plan);
    if (asked_.size() == stop_after_) stop_.store(true);
    if (script_.empty()) return journal::TimedInference{{ms(1), ms(1), ms(1), ms(1), ms(1)}, {}};
    const Result<journal::TimedInference> next = script_.front();
    script_.pop_front();
    return next;
  }

  std::vector<Result<plan::Agreement>> agree(std::span<const plan::Plan> plans,
                                             const std::atomic<bool>& /*stop*/) override {
    compared_.emplace_back(plans.begin(), plans.end());
    timed_before_comparing_ = timed_before_comparing_ || !asked_.empty();
    std::vector<Result<plan::Agreement>> agreements(plans.size(), agreement());
    if (compared_.size() == stop_after_comparing_) stop_.store(true);
    for (std::size_t i = plans.size(); i-- > 0 && disagreements_ > 0; --disagreements_)
      agreements[i] = error(ErrorKind::unavailable, "the link broke");
    return agreements;
  }

  Result<std::vector<Bytes>> stream(std::span<const plan::Plan> plans) override {
    streamed_.emplace_back(plans.begin(), plans.end());
    timed_before_comparing_ = timed_before_comparing_ || !asked_.empty();
    if (no_frames_) return error(ErrorKind::invalid, "frame 3: not an image");
    return std::vector<Bytes>(plans.size(), Bytes{100 * streamed_.size()});
  }

  std::vector<plan::Plan> asked_;
  std::vector<std::vector<plan::Plan>> compared_;
  std::vector<std::vector<plan::Plan>> streamed_;
  bool no_frames_ = false;
  bool timed_before_comparing_ = false;
  int disagreements_ = 0;  // How many plans agree() still fails for, the last of each call first.
  std::size_t stop_after_comparing_ = 0;
  std::deque<Result<journal::TimedInference>> script_;
  std::size_t stop_after_ = 0;
  std::atomic<bool> stop_{false};
};

Result<journal::TimedInference> broken() {
  return error(ErrorKind::unavailable, "the link broke");
}

class Sweep : public ::testing::Test {
 protected:
  journal::Journal start(const journal::Context& context = small_campaign()) {
    return *journal::Journal::create(folder_.file("j"), context);
  }
  // Cuts 0 and 1 in two steps each.
  static journal::Context streaming_campaign() {
    journal::Context c = small_campaign();
    c.candidates = {{{kModel, 0, plan::Codec::q8}, "input", Bytes{400}},
                    {{kModel, 0, plan::Codec::q4}, "input", Bytes{400}},
                    {{kModel, 1, plan::Codec::fp32}, "conv", Bytes{400}},
                    {{kModel, 1, plan::Codec::q8}, "conv", Bytes{400}},
                    {{kModel, 2, plan::Codec::fp32}, "output", {}}};
    c.sequence = "40 frames";
    return c;
  }
  journal::Journal resume() { return *journal::Journal::resume(folder_.file("j"), small_campaign()); }
  Result<bool> run(journal::Journal& journal) { return sweep(journal, stage_, subject_, subject_.stop_, options_); }
  std::size_t lines_with(const std::string& text) const {
    const std::string all = text_in(folder_.file("j"));
    std::size_t n = 0;
    for (auto at = all.find(text); at != all.npos; at = all.find(text, at + 1)) ++n;
    return n;
  }

  const Folder folder_;
  ScriptedStage stage_;
  ScriptedSubject subject_;
  SweepOptions options_;
};

// --- sweep() -------------------------------------------------------------------------------------

TEST_F(Sweep, ComparesEveryCandidateOnceBeforeAnythingIsImposedOrTimed) {
  journal::Journal journal = start();
  subject_.disagreements_ = 2;
  ASSERT_TRUE(run(journal));
  EXPECT_FALSE(subject_.timed_before_comparing_);
  EXPECT_EQ(subject_.compared_.size(), 5u) << "two of them failed";
  EXPECT_EQ(journal.agreements(), (std::vector<std::optional<plan::Agreement>>(3, agreement())));
  subject_.compared_.clear();
  ASSERT_TRUE(run(journal));
  EXPECT_TRUE(subject_.compared_.empty());
}

TEST_F(Sweep, ComparesTheCandidatesOfACutTogetherAndAgainOnlyThoseThatFailed) {
  const journal::Context context = streaming_campaign();
  journal::Journal journal = start(context);
  subject_.disagreements_ = 1;
  ASSERT_TRUE(run(journal));
  const auto plan = [&](std::size_t i) { return context.candidates[i].plan; };
  EXPECT_EQ(subject_.compared_,
            (std::vector<std::vector<plan::Plan>>{{plan(0), plan(1)}, {plan(1)}, {plan(2), plan(3)}, {plan(4)}}));
  EXPECT_EQ(journal.agreements(), (std::vector<std::optional<plan::Agreement>>(5, agreement())));
}

TEST_F(Sweep, AStopDuringAComparisonKeepsWhatWasCompared) {
  journal::Journal journal = start(streaming_campaign());
  subject_.stop_after_comparing_ = 1;
  subject_.disagreements_ = 1;
  const auto complete = run(journal);
  ASSERT_TRUE(complete) << complete.error().message;
  EXPECT_FALSE(*complete);
  EXPECT_TRUE(journal.agreements()[0]);
  EXPECT_FALSE(journal.agreements()[1]) << "it was not compared to the end";
  EXPECT_TRUE(subject_.asked_.empty());
}

TEST_F(Sweep, AComparisonThatNeverSucceedsEndsTheCampaignWithItsReason) {
  journal::Journal journal = start();
  subject_.disagreements_ = 100;
  const auto done = run(journal);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(done.error().message, HasSubstr("the agreement of cut 0 (input, fp32) failed 5 times: the link broke"));
  EXPECT_TRUE(stage_.asked_.empty());
}

TEST_F(Sweep, MeasuresStepsInAStreamOnceByCutBeforeAnythingIsTimed) {
  journal::Journal journal = start(streaming_campaign());
  ASSERT_TRUE(run(journal));
  EXPECT_FALSE(subject_.timed_before_comparing_);
  EXPECT_EQ(subject_.streamed_,
            (std::vector<std::vector<plan::Plan>>{{{kModel, 0, plan::Codec::q8}, {kModel, 0, plan::Codec::q4}},
                                                  {{kModel, 1, plan::Codec::q8}}}));
  EXPECT_EQ(journal.streams(),
            (std::vector<std::optional<Bytes>>{Bytes{100}, Bytes{100}, std::nullopt, Bytes{200}, std::nullopt}));
  subject_.streamed_.clear();
  ASSERT_TRUE(run(journal));
  EXPECT_TRUE(subject_.streamed_.empty());
}

TEST_F(Sweep, AfterAResumeMeasuresOnlyTheStreamsThatAreMissing) {
  {
    journal::Journal journal = start(streaming_campaign());
    ASSERT_TRUE(journal.append_stream(0, Bytes{7}));
  }
  journal::Journal journal = *journal::Journal::resume(folder_.file("j"), streaming_campaign());
  ASSERT_TRUE(run(journal));
  EXPECT_EQ(subject_.streamed_.front(), (std::vector<plan::Plan>{{kModel, 0, plan::Codec::q4}}));
  EXPECT_EQ(journal.streams()[0], Bytes{7});
  EXPECT_EQ(journal.streams()[1], Bytes{100});
}

TEST_F(Sweep, WithoutASequenceMeasuresNoStream) {
  journal::Context context = streaming_campaign();
  context.sequence.clear();
  journal::Journal journal = start(context);
  ASSERT_TRUE(run(journal));
  EXPECT_TRUE(subject_.streamed_.empty());
}

TEST_F(Sweep, AStreamThatCannotBeMeasuredEndsTheCampaignWithItsReason) {
  journal::Journal journal = start(streaming_campaign());
  subject_.no_frames_ = true;
  const auto done = run(journal);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the stream at cut 0: frame 3: not an image");
  EXPECT_TRUE(stage_.asked_.empty());
}

TEST_F(Sweep, MeasuresEverythingOnceInTheOrderOfTheRounds) {
  journal::Journal journal = start();
  const auto complete = run(journal);
  ASSERT_TRUE(complete) << complete.error().message;
  EXPECT_TRUE(*complete);
  EXPECT_EQ(stage_.asked_, small_campaign().cells);
  ASSERT_EQ(journal.samples().size(), 12u);
  for (std::uint32_t cell = 0, i = 0; cell < 2; ++cell)
    for (std::uint32_t round = 0; round < 2; ++round)
      for (const std::uint32_t candidate : round_of(small_campaign(), cell, round)) {
        EXPECT_EQ(journal.samples()[i].cell, cell);
        EXPECT_EQ(journal.samples()[i].candidate, candidate);
        EXPECT_EQ(journal.samples()[i++].repetition, round);
      }
}

TEST_F(Sweep, WarmsEveryCandidateUpInEveryCellWithoutRecordingIt) {
  for (int i = 0; i < 3; ++i) subject_.script_.push_back(journal::TimedInference{{ms(999), {}, {}, {}, {}}, {}});
  journal::Journal journal = start();
  ASSERT_TRUE(run(journal));
  EXPECT_EQ(subject_.asked_.size(), 12u + 2 * 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(subject_.asked_[i], small_campaign().candidates[i].plan);
  for (const journal::Sample& s : journal.samples()) EXPECT_EQ(s.terms.head, ms(1));
}

TEST_F(Sweep, RecordsWhatTheSubjectSays) {
  journal::TimedInference timed{{ms(1), ms(2), ms(3), ms(4), ms(5)}, {}};
  timed.seen.uplink = 7_Mbps;
  for (int i = 0; i < 3; ++i) subject_.script_.push_back(journal::TimedInference{});
  subject_.script_.push_back(timed);
  journal::Journal journal = start();
  ASSERT_TRUE(run(journal));
  EXPECT_EQ(journal.samples()[0].terms, timed.terms);
  EXPECT_EQ(journal.samples()[0].seen, timed.seen);
}

TEST_F(Sweep, AFailedMeasurementIsMadeAgainAndItsReasonKept) {
  for (int i = 0; i < 3; ++i) subject_.script_.push_back(journal::TimedInference{});
  subject_.script_.push_back(broken());
  subject_.script_.push_back(journal::TimedInference{{Duration(-5), {}, {}, {}, {}}, {}});
  Progress last;
  options_.on_progress = [&last](const Progress& p) { last = p; };
  journal::Journal journal = start();
  const auto complete = run(journal);
  ASSERT_TRUE(complete) << complete.error().message;
  EXPECT_EQ(journal.samples().size(), 12u);
  EXPECT_EQ(last.failed, 2u);
  EXPECT_EQ(lines_with("\"type\":\"failure\""), 2u);
  EXPECT_EQ(lines_with("the link broke"), 1u);
  EXPECT_EQ(lines_with("-5 is not a time"), 1u);
}

TEST_F(Sweep, GivesUpAfterTheLastAttemptAndKeepsWhatItHas) {
  options_.max_attempts = 3;
  for (int i = 0; i < 3 + 1; ++i)
    subject_.script_.push_back(journal::TimedInference{{.head = ms(1)}});  // Warm-up, a sample.
  for (int i = 0; i < 3; ++i) subject_.script_.push_back(broken());
  journal::Journal journal = start();
  const auto complete = run(journal);
  ASSERT_FALSE(complete);
  EXPECT_EQ(complete.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(complete.error().message, HasSubstr("failed 3 times: the link broke"));
  EXPECT_THAT(complete.error().message, HasSubstr("cell 0 (uplink 50 Mbit/s), cut "));
  EXPECT_EQ(subject_.asked_.size(), 7u);
  EXPECT_EQ(journal::Journal::read(folder_.file("j"))->samples().size(), 1u);
}

TEST_F(Sweep, WhatCanNeverWorkIsNotRepeated) {
  for (int i = 0; i < 3; ++i) subject_.script_.push_back(journal::TimedInference{});
  subject_.script_.push_back(error(ErrorKind::invalid, "the model has no such cut"));
  journal::Journal journal = start();
  const auto complete = run(journal);
  ASSERT_FALSE(complete);
  EXPECT_EQ(complete.error().kind, ErrorKind::invalid);
  EXPECT_EQ(subject_.asked_.size(), 4u);
}

TEST_F(Sweep, AFailedWarmUpDoesNoHarm) {
  for (int i = 0; i < 3; ++i) subject_.script_.push_back(broken());
  journal::Journal journal = start();
  ASSERT_TRUE(run(journal));
  EXPECT_EQ(journal.samples().size(), 12u);
  EXPECT_EQ(lines_with("\"type\":\"failure\""), 0u);
}

TEST_F(Sweep, ACellThatCannotBeImposedIsReportedNotFaked) {
  stage_.refused_ = small_campaign().cells[1];
  Progress last;
  options_.on_progress = [&last](const Progress& p) { last = p; };
  journal::Journal journal = start();
  const auto complete = run(journal);
  ASSERT_TRUE(complete) << complete.error().message;
  EXPECT_TRUE(*complete) << "the rest is possible";
  EXPECT_EQ(journal.samples().size(), 6u);
  EXPECT_EQ(journal.measured().unreached[1], "no permission to shape the link");
  EXPECT_FALSE(journal.measured().finished[1]);
  EXPECT_EQ(last.left_out, 1u);
  stage_.refused_.reset();
  ASSERT_TRUE(run(journal));
  EXPECT_EQ(journal.samples().size(), 12u) << "once it can be imposed, it is measured";
}

TEST_F(Sweep, AnImpossibleBaselineEndsTheCampaign) {
  stage_.refused_ = small_campaign().cells[0];
  journal::Journal journal = start();
  const auto complete = run(journal);
  ASSERT_FALSE(complete);
  EXPECT_EQ(complete.error().kind, ErrorKind::invalid);
  EXPECT_THAT(complete.error().message, HasSubstr("cell 0 (uplink 50 Mbit/s): no permission to shape the link"));
  EXPECT_TRUE(journal.samples().empty());
}

TEST_F(Sweep, StoppedAtAnyMomentItGoesOnWhereItWas) {
  // 18 calls make the campaign: 12 measurements and 2 x 3 warm-ups.
  for (std::size_t moment = 1; moment < 18; ++moment) {
    SCOPED_TRACE(moment);
    std::filesystem::remove(folder_.file("j"));
    subject_.stop_ = false;
    subject_.asked_.clear();
    subject_.stop_after_ = moment;
    {
      journal::Journal journal = start();
      const auto complete = run(journal);
      ASSERT_TRUE(complete);
      EXPECT_FALSE(*complete);
      EXPECT_EQ(subject_.asked_.size(), moment) << "nothing is measured after the stop";
    }
    subject_.stop_ = false;
    subject_.stop_after_ = 0;
    journal::Journal journal = resume();
    const auto complete = run(journal);
    ASSERT_TRUE(complete);
    EXPECT_TRUE(*complete);
    EXPECT_EQ(journal::Journal::read(folder_.file("j"))->samples().size(), 12u);
  }
}

TEST_F(Sweep, AStopBeforeTheBeginningImposesNothing) {
  subject_.stop_ = true;
  journal::Journal journal = start();
  const auto complete = run(journal);
  ASSERT_TRUE(complete);
  EXPECT_FALSE(*complete);
  EXPECT_TRUE(stage_.asked_.empty());
}

TEST_F(Sweep, CompleteCellsAreNotImposedAgain) {
  {
    journal::Journal journal = start();
    for (std::uint32_t candidate = 0; candidate < 3; ++candidate)
      for (std::uint32_t repetition = 0; repetition < 2; ++repetition)
        ASSERT_TRUE(journal.append(sample(0, candidate, repetition)));
    ASSERT_TRUE(journal.append(sample(1, 0, 0)));
    ASSERT_TRUE(journal.append(sample(1, 0, 1)));
  }
  journal::Journal journal = resume();
  ASSERT_TRUE(run(journal));
  EXPECT_EQ(stage_.asked_, std::vector<plan::Stress>{small_campaign().cells[1]});
  EXPECT_EQ(subject_.asked_.size(), 2u + 4) << "only what is still measured is warmed up";
  stage_.asked_.clear();
  ASSERT_TRUE(run(journal));
  EXPECT_TRUE(stage_.asked_.empty());
}

TEST_F(Sweep, ProgressIsToldAfterEveryImpositionAndSample) {
  std::vector<Progress> told;
  options_.on_progress = [&told](const Progress& p) { told.push_back(p); };
  journal::Journal journal = start();
  ASSERT_TRUE(journal.append(sample(0, 0, 0)));
  ASSERT_TRUE(run(journal));
  ASSERT_EQ(told.size(), 2u + 11);  // Once before each imposition.
  EXPECT_EQ(told.front().done, 1u);
  EXPECT_EQ(told.front().total, 12u);
  EXPECT_EQ(told.front().visits, 2u);
  EXPECT_EQ(told.front().asked, small_campaign().cells[0]);
  EXPECT_FALSE(told.front().remaining) << "nothing was measured yet";
  EXPECT_TRUE(told[1].remaining);
  EXPECT_EQ(told.back().done, 12u);
  EXPECT_EQ(told.back().visit, 1u);
  EXPECT_EQ(told.back().remaining, Duration::zero());
}

}  // namespace
}  // namespace tideline::campaign
