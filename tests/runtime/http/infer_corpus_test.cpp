#include "tests/runtime/http/corpus.h"
#include "tests/runtime/http/infer_fuzz.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(InferCorpus, EveryBodyIsParsedOrRefused) {
  const auto all = corpus_in("infer_corpus");
  ASSERT_GE(all.size(), 10u);
  for (const std::string& input : all) parse_anything(input);
}

TEST(InferCorpus, SoIsEveryBodyWithAFewBytesChanged) {
  with_changes(corpus_in("infer_corpus"), parse_anything);
}

}  // namespace
}  // namespace tideline::http
