#include "tests/runtime/http/corpus.h"
#include "tests/runtime/http/elements_fuzz.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(ElementsCorpus, EveryTensorIsReadOrRefused) {
  const auto all = corpus_in("elements_corpus");
  ASSERT_GE(all.size(), 6u);
  for (const std::string& input : all) split_anything(input);
}

TEST(ElementsCorpus, SoIsEveryTensorWithAFewBytesChanged) {
  with_changes(corpus_in("elements_corpus"), split_anything);
}

}  // namespace
}  // namespace tideline::http
