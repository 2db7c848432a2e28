#include "tests/runtime/http/corpus.h"
#include "tests/runtime/http/inflate_fuzz.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(InflateCorpus, EveryBodyStaysWithinItsBound) {
  const auto all = corpus_in("inflate_corpus");
  ASSERT_GE(all.size(), 10u);
  for (const std::string& input : all) inflate_anything(input);
}

TEST(InflateCorpus, SoDoesEveryBodyWithAFewBytesChanged) {
  with_changes(corpus_in("inflate_corpus"), inflate_anything);
}

}  // namespace
}  // namespace tideline::http
