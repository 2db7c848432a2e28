// A folder of one's own for a test's files, gone with it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace tideline {

class Scratch {
 public:
  Scratch() : path_(make()) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  std::filesystem::path write(std::string_view name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  static std::filesystem::path make() {
    auto pattern = (std::filesystem::temp_directory_path() / "tideline-model-XXXXXX").string();
    return ::mkdtemp(pattern.data()) == nullptr ? std::filesystem::path("no-scratch-folder")
                                                : std::filesystem::path(pattern);
  }

  const std::filesystem::path path_;
};

}  // namespace tideline
