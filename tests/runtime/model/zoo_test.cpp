#include "runtime/model/zoo/zoo.h"

#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

namespace tideline {
namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Zoo, ListsItsNamesInOrder) {
  EXPECT_THAT(zoo::zoo_names(), ::testing::ElementsAre("alexnet", "densenet121", "googlenet", "lenet", "mobilenet",
                                                       "resnet50", "resnet50v2", "vgg16", "vgg19"));
}

TEST(Zoo, TheSameNameAndSeedGiveTheSameFileUnderAnyName) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "a.pt"));
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "b.pt"));
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 2, scratch / "c.pt"));
  const auto a = load_or_fail(scratch / "a.pt");
  const auto b = load_or_fail(scratch / "b.pt");
  const auto c = load_or_fail(scratch / "c.pt");
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->digest(), b->digest());
  EXPECT_NE(a->digest(), c->digest());
  const auto in = model::random_tensors(a->inputs(), 1);
  expect_identical(run_through(*a, {0, a->last_cut()}, in), run_through(*b, {0, b->last_cut()}, in));
}

// The archive stores its extra files as they are. The format's page is runtime/model/README.md.
TEST(Zoo, TheFileSaysWhatTheNetworkTakes) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("mobilenet", 1, scratch / "n.pt"));
  const auto golden = contents(TIDELINE_SOURCE "/tests/runtime/model/golden/inputs.json");
  ASSERT_FALSE(golden.empty());
  EXPECT_NE(contents(scratch / "n.pt").find(golden), std::string::npos);
}

TEST(Zoo, ActivationsKeepTheirSizeThroughTheNetwork) {
  const Scratch scratch;
  for (const auto* name : {"lenet", "mobilenet"}) {
    ASSERT_TRUE(zoo::write_zoo_model(name, 3, scratch / "n.pt"));
    const auto model = load_or_fail(scratch / "n.pt");
    ASSERT_TRUE(model);
    const auto out = run_through(*model, {0, model->last_cut()}, model::random_tensors(model->inputs(), 1));
    double squares = 0;
    for (const float x : out[0].floats()) squares += static_cast<double>(x) * x;
    const double size = std::sqrt(squares / static_cast<double>(out[0].floats().size()));
    EXPECT_GT(size, 0.01) << name;
    EXPECT_LT(size, 100) << name;
  }
}

TEST(Zoo, RefusesANameThatItDoesNotKnowAndListsThoseThatItDoes) {
  const Scratch scratch;
  const auto written = zoo::write_zoo_model("resnet", 1, scratch / "n.pt");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::invalid);
  EXPECT_EQ(written.error().message,
            "unknown zoo network 'resnet'; choose one of alexnet, densenet121, googlenet, lenet, mobilenet, resnet50, "
            "resnet50v2, "
            "vgg16, vgg19");
}

TEST(Zoo, SaysWhenTheFileCannotBeWrittenAndLeavesNothingBehind) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "taken");
  scratch.write("taken/file", "");
  for (const auto& file : {scratch / "no-such-folder/n.pt", scratch / "taken"}) {
    const auto written = zoo::write_zoo_model("lenet", 1, file);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::internal);
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".part"));
  }
}

}  // namespace
}  // namespace tideline
