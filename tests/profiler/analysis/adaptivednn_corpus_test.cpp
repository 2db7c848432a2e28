// Replays the corpus of the fuzzer of the published study's files.
#include "tests/profiler/analysis/adaptivednn_fuzz.cpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tideline::analysis {
namespace {

TEST(StudyCorpus, EveryFileIsEitherRefusedOrMakesSense) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/profiler/corpus/adaptivednn")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    SCOPED_TRACE(entry.path().filename());
    EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
    ++files;
  }
  EXPECT_GE(files, 5);
}

TEST(StudyCorpus, EveryBeginningAndEveryChangedByteOfAGoodFileIsSurvived) {
  const std::string good = "0.415 0.032 0.203 1\n0.107 0.0315 0.068 3\n";
  for (std::size_t at = 0; at < good.size(); ++at) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(good.data()), at);
    for (const char byte : {'\0', '-', 'e', '9', '.', '\n', '\xff'}) {
      std::string changed = good;
      changed[at] = byte;
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(changed.data()), changed.size());
    }
  }
}

}  // namespace
}  // namespace tideline::analysis
