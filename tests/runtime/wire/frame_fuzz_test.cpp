#include "tests/runtime/wire/frame_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace tideline::wire {
namespace {

TEST(FrameFuzz, TheCorpusHoldsWhatMustHoldForAnyBytes) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TIDELINE_SOURCE) + "/tests/runtime/wire/frame_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    read_any_frame(std::as_bytes(std::span(bytes)));
    ++files;
  }
  EXPECT_GE(files, 15);
}

}  // namespace
}  // namespace tideline::wire
