#include "runtime/model/api/model.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/archives.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

#include <iterator>
#include <random>

namespace tideline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kPlaces = 300;

// What was damaged is loaded, or refused with one sentence; that nothing crashes, this process living on shows.
// Returns whether it was refused.
bool refused(const std::filesystem::path& file) {
  const auto model = model::Model::load(file, {});
  if (model) return false;
  EXPECT_THAT(model.error().message, Not(HasSubstr("\n")));
  EXPECT_FALSE(model.error().message.empty());
  return true;
}

void damage(std::string& bytes, std::mt19937& random) {
  auto& byte = bytes[random() % bytes.size()];
  if (random() % 2 == 0) {
    byte = static_cast<char>(byte ^ (1 << random() % 8));
  } else {
    byte = static_cast<char>(random());
  }
}

TEST(MutatedArchive, IsRefusedWithOneSentenceOrLoaded) {
  const Scratch scratch;
  model::set_compute_threads(1);
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  std::ifstream in(scratch / "lenet.pt", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  std::mt19937 random(7);
  int refusals = 0;
  for (int i = 0; i < kPlaces; ++i) {
    auto bytes = whole;
    damage(bytes, random);
    refusals += refused(scratch.write("mutated.pt", bytes)) ? 1 : 0;
  }
  EXPECT_GT(refusals, kPlaces / 2);
}

TEST(MutatedArchive, WithChecksumsThatFitIsRefusedWithOneSentenceOrLoaded) {
  const Scratch scratch;
  model::set_compute_threads(1);
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  const auto whole = taken_apart(scratch / "lenet.pt");
  std::mt19937 random(8);
  int refusals = 0;
  for (int i = 0; i < kPlaces; ++i) {
    auto records = whole;
    std::vector<std::string*> texts;  // Whatever is not weights.
    for (auto& [name, record] : records) {
      if (name.find("/data/") == std::string::npos && !record.bytes.empty()) texts.push_back(&record.bytes);
    }
    damage(*texts[static_cast<std::size_t>(i) % texts.size()], random);
    put_together(records, scratch / "mutated.pt");
    refusals += refused(scratch / "mutated.pt") ? 1 : 0;
  }
  EXPECT_GT(refusals, kPlaces / 10);
}

}  // namespace
}  // namespace tideline
