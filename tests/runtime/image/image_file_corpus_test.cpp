#include "tests/runtime/image/image_file_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tideline::image {
namespace {

TEST(ImageFileCorpus, HoldsWhatMustHoldForAnyBytes) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/runtime/image/image_file_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    prepare_anything(std::as_bytes(std::span(bytes)));
    ++files;
  }
  EXPECT_GE(files, 10);
}

}  // namespace
}  // namespace tideline::image
