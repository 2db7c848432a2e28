// The Debian package says what the rest of the tree says.
#include "runtime/app/config/version.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

namespace tideline {
namespace {

std::string source_text(const std::string& file) {
  std::ifstream in(std::filesystem::path(TIDELINE_SOURCE) / file);
  EXPECT_TRUE(in) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

// The words of `text` between two marks.
std::set<std::string> words_between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from) + from.size();
  std::istringstream in(text.substr(begin, text.find(to, begin) - begin));
  return {std::istream_iterator<std::string>(in), {}};
}

TEST(DebianPackage, HasTheVersionOfTheAgent) {
  EXPECT_TRUE(source_text("debian/changelog").starts_with("tideline (" + std::string(config::version()) + ") "));
}

TEST(DebianPackage, IsBuiltFromWhatPrepareInstalls) {
  std::string control = source_text("debian/control");
  control = std::regex_replace(control, std::regex(","), " ");
  const std::set<std::string> built_from = words_between(control, "debhelper-compat (= 13)", "\n\n");
  std::set<std::string> prepared = words_between(source_text("tests/prepare.sh"), "tideline_packages=(", ")");
  // A package is built where build-essential is. The agent only runs by the last two.
  for (const char* const other : {"build-essential", "g++", "iproute2", "libopenblas0-pthread"})
    EXPECT_EQ(prepared.erase(other), 1u) << other;
  EXPECT_EQ(built_from, prepared);
}

TEST(DebianPackage, InstallsEveryUnitOfConfigs) {
  namespace fs = std::filesystem;
  const fs::path source = TIDELINE_SOURCE;
  int units = 0;
  for (const auto& entry : fs::directory_iterator(source / "configs")) {
    if (entry.path().extension() != ".service" && entry.path().extension() != ".socket") continue;
    const fs::path link = source / "debian" / ("tideline." + entry.path().filename().string());
    EXPECT_TRUE(fs::exists(link) && fs::equivalent(link, entry.path())) << link;
    EXPECT_THAT(source_text("debian/rules"),
                testing::HasSubstr("--name=" + entry.path().stem().string() + " --no-enable"));
    ++units;
  }
  EXPECT_EQ(units, 4);
}

}  // namespace
}  // namespace tideline
