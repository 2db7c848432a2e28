#include "tests/runtime/image/recompressed_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tideline::image {
namespace {

TEST(RecompressedCorpus, HoldsWhatMustHoldForAnyBytes) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/runtime/image/recompressed_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    decode_any_jpeg(std::as_bytes(std::span(bytes)));
    ++files;
  }
  EXPECT_GE(files, 3);
}

}  // namespace
}  // namespace tideline::image
