// The files that a fuzzer of this room has found, and damaged ones, for the tests that replay them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

namespace tideline::replay {

using Fuzzer = std::function<int(const std::uint8_t* data, std::size_t size)>;

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void survives(const Fuzzer& fuzzer, const std::string& text) {
  EXPECT_EQ(fuzzer(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
}

// Returns how many files the folder of that corpus has; the fuzzer survives each of them.
inline int survives_corpus(const Fuzzer& fuzzer, const std::string& folder) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(TIDELINE_SOURCE "/tests/policy/replay/corpus/" + folder)) {
    SCOPED_TRACE(entry.path().filename());
    survives(fuzzer, read_file(entry.path()));
    ++files;
  }
  return files;
}

// The fuzzer survives every beginning of that golden file, and every change of a byte to a few others.
inline void survives_damage(const Fuzzer& fuzzer, const std::string& file) {
  const std::string good = read_file(TIDELINE_SOURCE "/tests/policy/replay/golden/" + file);
  ASSERT_FALSE(good.empty());
  for (std::size_t i = 0; i < good.size(); ++i) {
    survives(fuzzer, good.substr(0, i));
    for (const char byte : {'\0', '-', '9', 'e', '\xff', ',', '\n'}) {
      std::string changed = good;
      changed[i] = byte;
      survives(fuzzer, changed);
    }
  }
}

}  // namespace tideline::replay
