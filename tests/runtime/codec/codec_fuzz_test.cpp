#include "tests/runtime/codec/codec_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace tideline::codec {
namespace {

TEST(CodecFuzz, TheCorpusHoldsWhatMustHoldForAnyBytes) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TIDELINE_SOURCE) + "/tests/runtime/codec/codec_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    decode_any_tensor(std::as_bytes(std::span(bytes)));
    ++files;
  }
  EXPECT_GE(files, 4);
}

}  // namespace
}  // namespace tideline::codec
