#include "runtime/cloud/batch_learner.h"

#include <gmock/gmock.h>

namespace tideline::cloud {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr TimePoint kNever = TimePoint::max();
constexpr Duration kTook = std::chrono::milliseconds(10);

class BatchLearnerTest : public testing::Test {
 protected:
  // Measures runs of 1 and 2 that take equally long, so that two together pay.
  void learn_that_two_pay() {
    for (int i = 0; i < 8; ++i)
      for (const std::size_t together : {1, 2}) learner_.on_run(kind_, together, kTook);
  }

  std::string spoil(const void* peer) { return learner_.on_failure(kind_, {2, {peer}, "index out of range"}); }

  const TailKind kind_{{std::string(64, 'a'), 1, plan::Codec::fp32}, 1, 64};
  const int peers_[2] = {};
  BatchLearner learner_{{.most_together = 8, .longest_wait = std::chrono::seconds(60)}};
};

TEST_F(BatchLearnerTest, TailsRunAloneUntilATrialWasPassed) {
  learn_that_two_pay();
  EXPECT_TRUE(learner_.needs_trial(kind_));
  EXPECT_EQ(learner_.choose(kind_, 2), 1u);
  learner_.on_trial(kind_, true);
  EXPECT_FALSE(learner_.needs_trial(kind_));
  EXPECT_EQ(learner_.choose(kind_, 2), 2u);
}

TEST_F(BatchLearnerTest, AFailedTrialIsNotRepeated) {
  learner_.on_trial(kind_, false);
  EXPECT_FALSE(learner_.needs_trial(kind_));
  EXPECT_EQ(learner_.choose(kind_, 8), 1u);
}

TEST_F(BatchLearnerTest, AKindThatTheModelTakesOneByOneNeedsNoTrial) {
  TailKind single = kind_;
  single.most = 1;
  EXPECT_FALSE(learner_.needs_trial(single));
}

TEST_F(BatchLearnerTest, ATailWaitsForOthersOnlyAfterARunOfSeveralAndWithinItsDeadline) {
  learner_.on_trial(kind_, true);
  learner_.on_run(kind_, 1, kTook);
  EXPECT_EQ(learner_.hold_until(kind_, kNever), TimePoint{});
  learner_.on_run(kind_, 4, kTook);
  EXPECT_EQ(learner_.expected(kind_), 4u);
  EXPECT_GT(learner_.hold_until(kind_, kNever), Clock::now());
  EXPECT_EQ(learner_.hold_until(kind_, Clock::now() + std::chrono::seconds(1)), TimePoint{});
}

TEST_F(BatchLearnerTest, AFailedRunChangesNoTime) {
  learn_that_two_pay();
  const double each = learner_.seconds_each();
  const Duration alone = learner_.time(kind_, 1);
  EXPECT_GT(alone, Duration{});
  learner_.on_run(kind_, 1, error(ErrorKind::internal, "index out of range"));
  EXPECT_EQ(learner_.seconds_each(), each);
  EXPECT_EQ(learner_.time(kind_, 1), alone);
}

TEST_F(BatchLearnerTest, ABatchThatFailsWithoutAFaultyTailEndsBatchesOfItsKind) {
  learn_that_two_pay();
  learner_.on_trial(kind_, true);
  EXPECT_THAT(learner_.on_failure(kind_, {2, {}, "too many"}), HasSubstr("2 failed as one batch"));
  EXPECT_EQ(learner_.choose(kind_, 2), 1u);
  EXPECT_THAT(learner_.on_failure(kind_, {2, {}, "too many"}), IsEmpty());
}

TEST_F(BatchLearnerTest, APeerThatSpoilsManyBatchesRunsAlone) {
  EXPECT_THAT(spoil(&peers_[0]), HasSubstr("spoilt its batch of 2"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(spoil(&peers_[0]), IsEmpty());
  EXPECT_EQ(learner_.kind_for(kind_, &peers_[0]), kind_);
  EXPECT_THAT(spoil(&peers_[0]), IsEmpty());
  EXPECT_THAT(learner_.kind_for(kind_, &peers_[0]), Not(kind_));
  EXPECT_EQ(learner_.kind_for(kind_, &peers_[0]).most, 1u);
  EXPECT_EQ(learner_.kind_for(kind_, &peers_[1]), kind_);
}

}  // namespace
}  // namespace tideline::cloud
