#include "tests/runtime/http/corpus.h"
#include "tests/runtime/http/request_fuzz.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(RequestCorpus, EveryRequestIsReadAlikeWhereverItIsSplit) {
  const auto all = corpus_in("request_corpus");
  ASSERT_GE(all.size(), 10u);
  for (std::string input : all)
    for (std::size_t split = 0; split < std::min<std::size_t>(256, input.size()); ++split) {
      input[0] = static_cast<char>(split);
      scan_anything(input);
    }
}

TEST(RequestCorpus, SoIsEveryRequestWithAFewBytesChanged) {
  with_changes(corpus_in("request_corpus"), scan_anything);
}

}  // namespace
}  // namespace tideline::http
