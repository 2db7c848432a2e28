// The inputs that a fuzzer of this room has found, for the test that replays them.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::http {

inline std::vector<std::string> corpus_in(const std::string& folder) {
  std::vector<std::string> all;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(TIDELINE_SOURCE) + "/tests/runtime/http/" + folder)) {
    std::ifstream stream(file.path(), std::ios::binary);
    all.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return all;
}

// Calls `read` with 300 variants of every input: a few bytes are others, or its end is missing.
inline void with_changes(const std::vector<std::string>& corpus, const std::function<void(std::string_view)>& read) {
  std::mt19937 random(1);
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  for (const std::string& input : corpus)
    for (int i = 0; i < 300 && !input.empty(); ++i) {
      std::string changed = input;
      for (std::size_t k = 1 + any(3); k > 0; --k) changed[any(changed.size())] = static_cast<char>(any(256));
      read(any(4) == 0 ? changed.substr(0, any(changed.size())) : changed);
    }
}

}  // namespace tideline::http
