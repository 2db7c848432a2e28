// Replays the corpus of the fuzzer of requests, so that what it once found stays found where there is no clang.
#define LLVMFuzzerTestOneInput take_requests  // The program of these tests holds other fuzzers as well.
#include "tests/policy/replay/corpus.h"
#include "tests/policy/replay/requests_fuzz.cpp"

#include <gtest/gtest.h>

namespace tideline::replay {
namespace {

TEST(RequestsCorpus, EveryFileIsEitherRefusedOrKept) {
  EXPECT_GE(survives_corpus(take_requests, "requests"), 10);
}

TEST(RequestsCorpus, EveryBeginningAndEveryChangedByteOfAGoodFileIsSurvived) {
  survives_damage(take_requests, "requests.csv");
}

}  // namespace
}  // namespace tideline::replay
