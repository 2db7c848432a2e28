// Replays the corpus of the table's fuzzer, so that what it once found stays found where there is no clang.
#define LLVMFuzzerTestOneInput take_table  // The program of these tests holds other fuzzers as well.
#include "tests/policy/table/table_fuzz.cpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tideline::table {
namespace {

TEST(TableCorpus, EveryFileIsEitherRefusedOrKept) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/policy/table/corpus/table")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    SCOPED_TRACE(entry.path().filename());
    EXPECT_EQ(take_table(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
    ++files;
  }
  EXPECT_GE(files, 5);
}

TEST(TableCorpus, EveryBeginningAndEveryChangedByteOfAGoodTableIsSurvived) {
  std::ifstream in(TIDELINE_SOURCE "/tests/policy/table/corpus/table/compact.json", std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(good.empty());
  const char bytes[] = {'\0', '-', '9', '"', '}', '\xff', ','};
  for (std::size_t i = 0; i < good.size(); ++i) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(good.data()), i);
    std::string changed = good;
    changed[i] = bytes[i % std::size(bytes)];
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(changed.data()), changed.size());
  }
}

}  // namespace
}  // namespace tideline::table
