#include "tests/runtime/http/corpus.h"
#include "tests/runtime/http/multipart_fuzz.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(MultipartCorpus, EveryFormIsReadOrRefused) {
  const auto all = corpus_in("multipart_corpus");
  ASSERT_GE(all.size(), 10u);
  for (const std::string& input : all) read_any_form(input);
}

TEST(MultipartCorpus, SoIsEveryFormWithAFewBytesChanged) {
  with_changes(corpus_in("multipart_corpus"), read_any_form);
}

}  // namespace
}  // namespace tideline::http
