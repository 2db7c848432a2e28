#include "tests/runtime/engine/known_classes_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tideline::engine {
namespace {

TEST(KnownClassesFuzz, TheCorpusHoldsWhatMustHoldForAnyBytes) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/runtime/engine/known_classes_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    read_any_classes(text);
    ++files;
  }
  EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace tideline::engine
