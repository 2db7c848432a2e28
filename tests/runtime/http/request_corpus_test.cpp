#include "tests/runtime/http/request_fuzz.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

namespace tideline::http {
namespace {

std::vector<std::string> request_corpus() {
  std::vector<std::string> all;
  for (const auto& file : std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/runtime/http/request_corpus")) {
    std::ifstream stream(file.path(), std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return all;
}

TEST(RequestCorpus, EveryRequestIsReadAlikeWhereverItIsSplit) {
  const auto all = request_corpus();
  ASSERT_GE(all.size(), 10u);
  for (std::string input : all)
    for (std::size_t split = 0; split < std::min<std::size_t>(256, input.size()); ++split) {
      input[0] = static_cast<char>(split);
      scan_anything(input);
    }
}

TEST(RequestCorpus, SoIsEveryRequestWithAFewBytesChanged) {
  std::mt19937 random(1);
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  for (const std::string& input : request_corpus())
    for (int i = 0; i < 300; ++i) {
      std::string changed = input;
      for (std::size_t k = 1 + any(3); k > 0; --k) changed[any(changed.size())] = static_cast<char>(any(256));
      scan_anything(any(4) == 0 ? changed.substr(0, any(changed.size())) : changed);
    }
}

}  // namespace
}  // namespace tideline::http
