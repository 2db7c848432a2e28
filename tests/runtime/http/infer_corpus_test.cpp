#include "tests/runtime/http/infer_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace tideline::http {
namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> all;
  for (const auto& file : std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/runtime/http/infer_corpus")) {
    std::ifstream stream(file.path(), std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return all;
}

TEST(InferCorpus, EveryBodyIsParsedOrRefused) {
  const auto all = corpus();
  ASSERT_GE(all.size(), 10u);
  for (const std::string& input : all) parse_anything(input);
}

TEST(InferCorpus, SoIsEveryBodyWithAFewBytesChanged) {
  std::mt19937 random(1);
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  for (const std::string& input : corpus()) {
    for (int i = 0; i < 300 && !input.empty(); ++i) {
      std::string changed = input;
      for (std::size_t k = 1 + any(3); k > 0; --k) changed[any(changed.size())] = static_cast<char>(any(256));
      parse_anything(any(4) == 0 ? changed.substr(0, any(changed.size())) : changed);
    }
  }
}

}  // namespace
}  // namespace tideline::http
