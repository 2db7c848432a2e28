// Small campaigns for tests, and a folder of their own for their files.
#pragma once

#include "profiler/journal/sample.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tideline::fixtures {

inline const std::string kModel = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

inline Duration ms(std::int64_t n) {
  return std::chrono::milliseconds(n);
}

// Two cells, three candidates (cloud-only, a split, edge-only), two repetitions: twelve measurements.
inline journal::Context small_campaign() {
  journal::Context c;
  c.model = kModel;
  c.model_name = "alexnet";
  c.cuts = 3;
  c.cells = {{50_Mbps}, {2_Mbps, 1}};
  c.candidates = {{{kModel, 0, plan::Codec::fp32}, "input", Bytes{602112}},
                  {{kModel, 1, plan::Codec::fp16}, "features.2 max_pool2d", Bytes{186624}},
                  {{kModel, 2, plan::Codec::fp32}, "output", {}}};
  c.repetitions = 2;
  c.compared = 16;
  c.seed = 7;
  c.edge = {{"cores", "4"}};
  c.cloud = {{"cores", "32"}};
  c.precisions = {Precision::bf16, Precision::fp32};
  c.created = "2025-01-02T03:04:05Z";
  return c;
}

inline plan::Agreement agreement() {
  return {0.9375, 0.0078125, 16};
}

inline journal::Sample sample(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) {
  journal::Sample s{cell, candidate, repetition, {ms(1), ms(2), ms(3), Duration(4), Duration(123456789)}, {}};
  s.seen.uplink = BitsPerSecond{1e8 / 3};
  s.seen.rtt = ms(1);
  s.seen.edge_memory_free = 0.1;
  s.seen.peer_up = true;
  s.wire = Bytes{1000 + 2000ULL * repetition};
  s.at = ms(1500 + repetition);
  return s;
}

inline journal::AnchorSample anchor() {
  return {0, 1, 2, 0, {ms(1), ms(2), ms(3), Duration(4), ms(5)}, ms(2500)};
}

// A folder that is gone with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tideline-XXXXXX").string();
    if (!::mkdtemp(name.data())) ADD_FAILURE() << "no temporary folder";
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string text_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace tideline::fixtures
