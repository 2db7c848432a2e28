#include "tests/runtime/task/labels_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tideline::task {
namespace {

TEST(LabelsFuzz, TheCorpusHoldsWhatMustHoldForAnyBytes) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TIDELINE_SOURCE) + "/tests/runtime/task/labels_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    read_any_labels(text);
    ++files;
  }
  EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace tideline::task
