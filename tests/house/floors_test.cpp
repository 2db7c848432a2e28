// Checks the tree against tests/floors.txt, and plants wrong includes to see that they are found.
#include "tests/house/building_plan.h"
#include "tests/house/classes.h"
#include "tests/house/includes.h"
#include "tests/house/namespaces.h"
#include "tests/house/type_names.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

namespace tideline::house {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

std::vector<std::string> breaches(const std::filesystem::path& root) {
  std::vector<Breach> found;
  const Floors floors = read_floors(root, found);
  check_includes(floors, read_tree(root, floors, found), found);
  check_building_plan(floors, read_building_plan(root), found);
  check_type_names(root, floors, found);
  check_namespaces(root, floors, found);
  check_classes(root, floors, found);
  for (const auto& [folder, beneath] : floors.rooms)
    if (!std::filesystem::exists(root / folder / "README.md"))
      found.push_back({folder + "/README.md", 0, "is missing; every room says what it is for"});
  std::vector<std::string> texts;
  for (const Breach& breach : found) texts.push_back(to_string(breach));
  return texts;
}

// A tree of our rooms without code, in which tests plant faults; removed in the end.
class Tree : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "tideline-house-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    plant("CMakeLists.txt", read(std::filesystem::path(TIDELINE_SOURCE) / "CMakeLists.txt"));
    plant(std::string(kFloorsPage), read(std::filesystem::path(TIDELINE_SOURCE) / kFloorsPage));
    std::vector<Breach> none;
    for (const auto& [folder, beneath] : read_floors(root_, none).rooms) plant(folder + "/README.md", "A room.\n");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void plant(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  // Replaces the first `from` in a file that has one.
  void change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = read(root_ / file);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << file << " has no " << from;
    plant(file, text.replace(at, from.size(), to));
  }
  std::vector<std::string> found() const { return breaches(root_); }

 private:
  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::filesystem::path root_;
};

TEST(House, EveryFileIncludesOnlyWhatIsBeneathIt) {
  for (const std::string& breach : breaches(TIDELINE_SOURCE)) ADD_FAILURE() << breach;
}

TEST_F(Tree, WithoutCodeIsInOrder) {
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Tree, PolicyMustNotIncludeTheNetwork) {
  plant("policy/plan/plan.cpp", "// A plan.\n#include \"policy/plan/plan.h\"\n#include \"runtime/link/link.h\"\n");
  EXPECT_THAT(found(), ElementsAre(AllOf(StartsWith("policy/plan/plan.cpp:3: "),
                                         HasSubstr("policy/plan must not include runtime/link"))));
}

TEST_F(Tree, TheBottomRoomIncludesNoOther) {
  plant("runtime/base/slot.h", "#include \"runtime/model/api/model.h\"\n");
  EXPECT_THAT(found(),
              ElementsAre(StartsWith("runtime/base/slot.h:1: runtime/base must not include runtime/model/api")));
}

TEST_F(Tree, NeighboursOnOneFloorDoNotIncludeEachOther) {
  plant("runtime/monitor/monitor.cpp", "#include \"runtime/testbed/shaper.h\"\n");
  plant("runtime/codec/codec.cpp", "#include \"runtime/model/api/model.h\"\n");
  EXPECT_THAT(found(),
              ElementsAre(StartsWith("runtime/codec/codec.cpp:1: "), StartsWith("runtime/monitor/monitor.cpp:1: ")));
}

TEST_F(Tree, NoRoomIncludesWhatStandsAboveAll) {
  plant("runtime/app/modes/main.cpp", "#include \"tests/house/floors.h\"\n");
  EXPECT_THAT(found(),
              ElementsAre(StartsWith("runtime/app/modes/main.cpp:1: runtime/app/modes must not include tests")));
}

TEST_F(Tree, WhatStandsAboveAllMayIncludeEverything) {
  plant("tests/a_test.cpp", "#include \"runtime/base/slot.h\"\n#include <gtest/gtest.h>\n#include <torch/script.h>\n");
  plant("bench/b.cpp", "#include \"runtime/app/modes/parts.h\"\n#include <httplib.h>\n#include <unistd.h>\n");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Tree, LibrariesStayInTheirRooms) {
  plant("runtime/wire/frame.cpp", "#include <vector>\n  #  include <torch/script.h>  // Planted.\n");
  EXPECT_THAT(found(), ElementsAre(AllOf(StartsWith("runtime/wire/frame.cpp:2: <torch/script.h>"),
                                         HasSubstr("only in runtime/model/* (tests/floors.txt:"))));
}

TEST_F(Tree, HeadersThatNobodyNamedAreRefused) {
  plant("runtime/wire/frame.cpp", "#include <boost/asio.hpp>\n#include <zlib.h>\n#include <vector>\n");
  EXPECT_THAT(found(), ElementsAre(AllOf(StartsWith("runtime/wire/frame.cpp:1: <boost/asio.hpp>"),
                                         HasSubstr("is not named in tests/floors.txt")),
                                   StartsWith("runtime/wire/frame.cpp:2: <zlib.h>")));
}

TEST_F(Tree, PolicyStaysPure) {
  plant("policy/plan/plan.cpp", "#include <algorithm>\n#include <thread>\n");
  plant("policy/table/table.cpp", "#include <unistd.h>\n#include <fstream>\n");
  EXPECT_THAT(found(), ElementsAre(StartsWith("policy/plan/plan.cpp:2: <thread>"),
                                   StartsWith("policy/table/table.cpp:1: "), StartsWith("policy/table/table.cpp:2: ")));
}

TEST_F(Tree, TheLongestNameThatFitsAHeaderCounts) {
  plant("profiler/journal/journal.cpp", "#include <sys/stat.h>\n#include <sys/socket.h>\n");
  EXPECT_THAT(found(), ElementsAre(StartsWith("profiler/journal/journal.cpp:2: <sys/socket.h>")));
}

TEST_F(Tree, ALibraryIsFoundWhenAnotherRoomsHeaderBringsItAlong) {
  plant("runtime/link/link.h", "#include \"runtime/wire/socket.h\"\n");
  plant("runtime/wire/socket.h", "#pragma once\n#include <asio/io_context.hpp>\n");
  plant("runtime/wire/socket.cpp", "#include \"runtime/wire/socket.h\"\n");
  plant("runtime/monitor/monitor.cpp", "#include \"runtime/link/link.h\"\n");
  EXPECT_THAT(found(), ElementsAre(AllOf(StartsWith("runtime/monitor/monitor.cpp:1: \"runtime/link/link.h\" brings"),
                                         HasSubstr("<asio/io_context.hpp> along (runtime/wire/socket.h:2)"))));
}

TEST_F(Tree, PathsAreWrittenFromTheRoot) {
  plant("runtime/wire/frame.cpp", "#include \"frame.h\"\n#include \"../base/slot.h\"\n");
  EXPECT_THAT(found(), ElementsAre(AllOf(StartsWith("runtime/wire/frame.cpp:1: "), HasSubstr("from the root")),
                                   StartsWith("runtime/wire/frame.cpp:2: ")));
}

TEST_F(Tree, EveryFileStandsInARoom) {
  plant("runtime/stray.h", "#pragma once\n");
  plant("runtime/attic/stray.cpp", "\n");
  EXPECT_THAT(found(), UnorderedElementsAre(StartsWith("runtime/attic/stray.cpp:1: stands in no room"),
                                            StartsWith("runtime/stray.h:1: stands in no room")));
}

TEST_F(Tree, EveryRoomHasAReadme) {
  change("tests/floors.txt", "room policy/plan ", "room runtime/attic\nroom policy/plan ");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("runtime/attic has no room() in CMakeLists.txt"),
                                   StartsWith("runtime/attic/README.md:0: is missing")));
}

TEST_F(Tree, CMakeAndThePageAgreeOnRooms) {
  change("CMakeLists.txt", "room(runtime/codec   USES policy_plan",
         "room(runtime/codec   USES policy_plan policy_table");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("runtime/codec stands on other rooms here")));
}

TEST_F(Tree, CMakeAndThePageAgreeOnLibraries) {
  change("CMakeLists.txt", "room(runtime/codec   USES policy_plan runtime_image",
         "room(runtime/codec   USES policy_plan runtime_image INSIDE asio ZLIB::ZLIB");
  change("tests/floors.txt", "libcgroup.h         | runtime/testbed",
         "libcgroup.h         | runtime/testbed runtime/monitor");
  EXPECT_THAT(found(),
              ElementsAre(HasSubstr("asio belongs only in runtime/cloud runtime/http runtime/link runtime/wire"),
                          HasSubstr("ZLIB::ZLIB has no header line"),
                          HasSubstr("runtime/monitor is not linked to PkgConfig::cgroup")));
}

TEST_F(Tree, ALineThatSaysNothingKnownIsReported) {
  change("tests/floors.txt", "above bench", "beside bench");
  EXPECT_THAT(found(),
              ElementsAre(AllOf(StartsWith("tests/floors.txt:"), HasSubstr("expected room, above or header"))));
}

TEST_F(Tree, ATypeOfTheSameNameInTwoHeadersOfARoomIsFound) {
  plant("runtime/link/link.h", "namespace tideline::link {\nstruct Line {\n  struct Way {};\n};\nstruct Way;\n}\n");
  plant("runtime/link/peer.h", "namespace tideline::link {\nclass Line final : public Stream {\n};\n}\n");
  plant("runtime/wire/wire.h", "namespace tideline::wire {\nclass Line {\n};\n}\n");
  EXPECT_THAT(found(), ElementsAre("runtime/link/peer.h:2: defines Line, as runtime/link/link.h does; rename one"));
}

TEST_F(Tree, ARoomsNamespaceIsTheNameOfItsFolder) {
  plant("policy/plan/plan.h", "namespace tideline::plan {\n}\nnamespace tideline::table {\n}\n");
  plant("runtime/base/slot.h", "namespace tideline {\n}\n");
  plant("runtime/model/api/model.h", "namespace tideline::model {\n}\n");
  plant("runtime/model/kernels/call.h", "namespace tideline::kernels::onednn {\n}\n");
  plant("tests/runtime/link/link_test.cpp", "namespace tideline::wire {\n}\n");
  EXPECT_THAT(found(),
              ElementsAre("policy/plan/plan.h:3: opens tideline::table; the namespace of policy/plan is tideline::plan",
                          StartsWith("tests/runtime/link/link_test.cpp:1: opens tideline::wire")));
}

TEST_F(Tree, AClassInTwoSourcesIsFound) {
  plant("runtime/link/link.cpp", "Result<Line> Line::dial(int port) {\n}\nLine::~Line() {\n}\n");
  plant("runtime/link/more.cpp",
        "  Line::use();\nconst int x = Line::kMost(1);\nvoid Line::Part::close() {\n}\nLine::Line() {\n}\n");
  EXPECT_THAT(found(),
              ElementsAre("runtime/link/more.cpp:5: defines Line, as runtime/link/link.cpp does; divide the class"));
}

}  // namespace
}  // namespace tideline::house
