#include "runtime/model/graph/archive.h"

#include "runtime/model/graph/trial.h"
#include "tests/runtime/model/archives.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

namespace tideline {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr auto* kForward = "def forward(self, x: Tensor):\n  return torch.relu(torch.matmul(x, self.m))\n";
constexpr auto* kInputs = R"(["fp32[1,4]"])";

class DamagedArchive : public ::testing::Test {
 protected:
  DamagedArchive() { write_network(whole_, kForward, kInputs); }

  std::string refusal() const {
    const auto model = model::Model::load(damaged_, {});
    return model ? "" : model.error().message;
  }
  std::string refusal_of(const ZipRecords& records) const {
    put_together(records, damaged_);
    return refusal();
  }
  // The record of that name, in the archive's own folder.
  std::string named(const std::string& name) const { return folder_of(taken_apart(whole_)) + name; }
  std::string bytes() const {
    std::ifstream in(whole_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const Scratch scratch_;
  const std::filesystem::path whole_ = scratch_ / "whole.pt", damaged_ = scratch_ / "damaged.pt";
};

TEST_F(DamagedArchive, PutTogetherAsItWasIsRead) {
  EXPECT_EQ(refusal_of(taken_apart(whole_)), "");
}

TEST_F(DamagedArchive, WithHalfAWeightIsRefused) {
  const auto whole = taken_apart(whole_);
  int halved = 0;
  for (const auto& [name, record] : whole) {
    if (name.find("/data/") == std::string::npos) continue;
    auto records = whole;
    records[name].bytes.resize(record.bytes.size() / 2);
    EXPECT_THAT(refusal_of(records), HasSubstr("too few for")) << name;
    ++halved;
  }
  EXPECT_GT(halved, 2);
}

TEST_F(DamagedArchive, WithoutAWeightIsRefused) {
  auto records = taken_apart(whole_);
  records.erase(named("data/0"));
  EXPECT_THAT(refusal_of(records), HasSubstr("record 'data/0' is missing"));
}

TEST_F(DamagedArchive, WithAnotherByteInAWeightIsRefused) {
  auto damaged = bytes();
  const auto at = damaged.find(taken_apart(whole_)[named("data/0")].bytes);
  ASSERT_NE(at, std::string::npos);
  damaged[at + 5] = static_cast<char>(damaged[at + 5] ^ 1);
  scratch_.write("damaged.pt", damaged);
  EXPECT_THAT(refusal(), HasSubstr("length or checksum is wrong"));
}

TEST_F(DamagedArchive, WhoseCodeUnpacksToManyTimesItsSizeIsRefused) {
  auto records = taken_apart(whole_);
  records[named("code/zeros.py")] = {std::string(100 << 20, ' '), true};
  EXPECT_THAT(refusal_of(records), HasSubstr("unpacks to more than"));
  EXPECT_LT(std::filesystem::file_size(damaged_), 1U << 20);
}

TEST_F(DamagedArchive, WhosePickleIsCutShortIsRefused) {
  auto records = taken_apart(whole_);
  auto& pickle = records[named("data.pkl")].bytes;
  pickle.resize(pickle.size() / 2);
  EXPECT_THAT(refusal_of(records), HasSubstr("data.pkl is cut short"));
}

// The matrix m is [4,8]: its first size follows on MARK, K, 4, K, 8 in the pickle.
TEST_F(DamagedArchive, WhoseTensorsReachBehindTheirMemoryIsRefused) {
  auto records = taken_apart(whole_);
  auto& pickle = records[named("data.pkl")].bytes;
  const auto at = pickle.find(std::string("(K\x04K\x08t", 6));
  ASSERT_NE(at, std::string::npos);
  pickle[at + 2] = '\x7f';
  EXPECT_THAT(refusal_of(records), AnyOf(HasSubstr("extends past the end"), HasSubstr("out of bounds")));
}

TEST(Trial, ACrashOfTheChildIsToldAndNotRepeatedHere) {
  const auto crashed = graph::do_as_tried([] { std::raise(SIGSEGV); }, 1 << 30);
  ASSERT_FALSE(crashed);
  EXPECT_EQ(crashed.error().kind, ErrorKind::invalid);
  EXPECT_THAT(crashed.error().message, HasSubstr("crashes on it"));
}

TEST(Trial, WhatEndsInTheChildIsDoneHere) {
  bool done = false;
  EXPECT_TRUE(graph::do_as_tried([&] { done = true; }, 1 << 30));
  EXPECT_TRUE(done);
  EXPECT_THROW((void)graph::do_as_tried([] { throw std::runtime_error("not a network"); }, 1 << 30),
               std::runtime_error);
}

// Else what reads memory that nobody has written may crash here where it did not in the child.
TEST(Trial, FindsTheHeapHereAsTheChildFoundIt) {
  void* const shared = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto* const places = static_cast<std::uintptr_t*>(shared);  // The child's, then ours.
  constexpr std::size_t kBlocks = 100;
  std::size_t runs = 0;
  const pid_t here = ::getpid();
  ASSERT_TRUE(graph::do_as_tried(
      [&] {
        const std::size_t first = ::getpid() == here ? kBlocks : 0;
        std::vector<std::unique_ptr<std::byte[]>> blocks;
        for (std::size_t i = 0; i < kBlocks; ++i) {
          blocks.emplace_back(new std::byte[16 + 40 * (i % 23)]);
          places[first + i] = reinterpret_cast<std::uintptr_t>(blocks.back().get());
        }
        ++runs;
      },
      1 << 30));
  EXPECT_EQ(runs, 1U);
  EXPECT_TRUE(std::equal(places, places + kBlocks, places + kBlocks, places + 2 * kBlocks));
  ::munmap(places, 4096);
}

TEST(Trial, TellsOfMemoryThatIsNotThere) {
  const auto hungry = graph::do_as_tried([] { throw std::bad_alloc(); }, 1 << 30);
  ASSERT_FALSE(hungry);
  EXPECT_THAT(hungry.error().message, HasSubstr("more memory"));
}

}  // namespace
}  // namespace tideline
