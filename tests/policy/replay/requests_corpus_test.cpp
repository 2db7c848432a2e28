// Replays the corpus of the fuzzer of requests, so that what it once found stays found where there is no clang.
#define LLVMFuzzerTestOneInput take_requests  // The program of these tests holds other fuzzers as well.
#include "tests/policy/replay/requests_fuzz.cpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tideline::replay {
namespace {

void survives(const std::string& text) {
  EXPECT_EQ(take_requests(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(RequestsCorpus, EveryFileIsEitherRefusedOrKept) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/policy/replay/corpus/requests")) {
    SCOPED_TRACE(entry.path().filename());
    survives(read(entry.path()));
    ++files;
  }
  EXPECT_GE(files, 10);
}

TEST(RequestsCorpus, EveryBeginningAndEveryChangedByteOfAGoodFileIsSurvived) {
  const std::string good = read(TIDELINE_SOURCE "/tests/policy/replay/golden/requests.csv");
  ASSERT_FALSE(good.empty());
  for (std::size_t i = 0; i < good.size(); ++i) {
    survives(good.substr(0, i));
    for (const char byte : {'\0', '-', '9', 'e', '\xff', ',', '\n'}) {
      std::string changed = good;
      changed[i] = byte;
      survives(changed);
    }
  }
}

}  // namespace
}  // namespace tideline::replay
