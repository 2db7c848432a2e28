// Follows the links of every Markdown page, and plants broken ones to see that they are found.
#include "tests/house/links.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

namespace tideline::house {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> broken_links(const std::filesystem::path& root) {
  std::vector<Breach> found;
  check_links(root, found);
  std::vector<std::string> texts;
  for (const Breach& breach : found) texts.push_back(to_string(breach));
  return texts;
}

// A folder of pages; removed in the end.
class Pages : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "tideline-links-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void plant(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::vector<std::string> found() const { return broken_links(root_); }

 private:
  std::filesystem::path root_;
};

TEST(Links, EveryLinkOfAPageLeadsToAFileAndAHeading) {
  for (const std::string& breach : broken_links(TIDELINE_SOURCE)) ADD_FAILURE() << breach;
}

TEST_F(Pages, LinksToFilesFoldersHeadingsAndSitesAreInOrder) {
  plant("README.md",
        "# A\n[b](docs/b.md), [c](docs/b.md#what-ash-does) and ![d](docs)\n[e](#a) [f](https://a.example/x)\n");
  plant("docs/b.md", "## What `a.sh` does\n[a](../README.md) [a](../#a)\n");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Pages, ALinkToNoFileIsFound) {
  plant("docs/b.md", "# B\n\nSee [a](a.md).\n");
  EXPECT_THAT(found(), ElementsAre("docs/b.md:3: a.md leads nowhere"));
}

TEST_F(Pages, ALinkToNoHeadingIsFound) {
  plant("README.md", "# A\n[here](#b), [there](docs/b.md#c)\n");
  plant("docs/b.md", "# B\n```\n# C\n```\n");
  EXPECT_THAT(found(), ElementsAre("README.md:2: #b names a heading that is not there",
                                   "README.md:2: docs/b.md#c names a heading that is not there"));
}

TEST_F(Pages, WhatNpmHasInstalledIsNoPageOfTheProject) {
  plant("runtime/web/node_modules/other/README.md", "[a](a.md)\n");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Pages, CodeHasNoLinks) {
  plant("README.md", "`[a](a.md)`\n```\n[b](b.md)\n```\n");
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace tideline::house
