// Replays the corpus of the trace's fuzzer, so that what it once found stays found where there is no clang.
#define LLVMFuzzerTestOneInput take_trace  // The program of these tests holds other fuzzers as well.
#include "tests/policy/replay/corpus.h"
#include "tests/policy/replay/trace_fuzz.cpp"

#include <gtest/gtest.h>

namespace tideline::replay {
namespace {

TEST(TraceCorpus, EveryFileIsEitherRefusedOrKept) {
  EXPECT_GE(survives_corpus(take_trace, "trace"), 10);
}

TEST(TraceCorpus, EveryBeginningAndEveryChangedByteOfAGoodTraceIsSurvived) {
  survives_damage(take_trace, "trace.csv");
}

}  // namespace
}  // namespace tideline::replay
