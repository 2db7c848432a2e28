#include "profiler/analysis/adaptivednn.h"

#include "tests/profiler/campaigns.h"
#include "tests/profiler/synthetic.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace tideline::fixtures;

std::string refusal(const std::string& text) {
  const auto lines = parse_study(text);
  if (lines) return "accepted";
  EXPECT_EQ(lines.error().kind, ErrorKind::invalid);
  EXPECT_EQ(lines.error().message.find('\n'), std::string::npos);
  return lines.error().message;
}

std::filesystem::path study(const Folder& folder) {
  write_study(measured({}, 0.1, 1, 1), folder.file("outputs_tiny"));
  return folder.file("outputs_tiny");
}

TEST(MeasurementSet, TheGoldenFolderIsReadAsItSays) {
  const auto found = read_study(TIDELINE_SOURCE "/tests/profiler/golden/adaptivednn");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->model, "adaptivednn");
  EXPECT_THAT(found->conditions, ElementsAre(plan::Stress{50_Mbps}, plan::Stress{10_Mbps, 1, 0, 0.5, 0.5}));
  EXPECT_THAT(found->plans, ElementsAre(MeasuredPlan{1, plan::Codec::fp32, ""}, MeasuredPlan{3, plan::Codec::fp32, ""},
                                        MeasuredPlan{24, plan::Codec::fp32, ""}));
  EXPECT_EQ(found->timings[1],
            (TimedPlan{0, 1, {.head = Duration(31500000), .network = Duration(7500000), .tail = ms(68)}}));
  EXPECT_EQ(
      found->timings[3],
      (TimedPlan{1, 0, {.head = Duration(64500000), .network = Duration(836200000), .tail = Duration(214300000)}}));
  EXPECT_FALSE(found->every_term);
  EXPECT_EQ(found->edge_only, std::nullopt);
  EXPECT_THAT(found->remarks, ElementsAre(HasSubstr("241 of 243 files are missing")));
}

TEST(MeasurementSet, TheDigitsOfANameAreNetworkCloudCpuEdgeMemoryCloudMemoryEdgeCpu) {
  EXPECT_EQ(study_condition("weights_00000.txt"), (plan::Stress{50_Mbps}));
  EXPECT_EQ(study_condition("weights_10000.txt"), (plan::Stress{25_Mbps}));
  EXPECT_EQ(study_condition("weights_01000.txt"), (plan::Stress{50_Mbps, 0, 0, 0.5}));
  EXPECT_EQ(study_condition("weights_00200.txt"), (plan::Stress{50_Mbps, 0, 1}));
  EXPECT_EQ(study_condition("weights_00010.txt"), (plan::Stress{50_Mbps, 0, 0, 0, 0.5}));
  EXPECT_EQ(study_condition("weights_00002.txt"), (plan::Stress{50_Mbps, 1}));
  for (const char* name : {"weights_00003.txt", "weights_0000.txt", "weights_000000.txt", "Weights_00000.txt", "00000",
                           "weights_00000.txt.bak", "weights_0000a.txt", ""})
    EXPECT_EQ(study_condition(name), std::nullopt) << name;
}

TEST(MeasurementSet, AWholeFolderComesBackAsItWasWritten) {
  const Folder folder;
  const MeasurementSet written = measured({}, 0.1, 1, 1);
  const auto read = read_study(study(folder));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->model, "tiny");
  EXPECT_EQ(read->conditions.size(), 243u);
  EXPECT_EQ(read->plans, written.plans);
  EXPECT_EQ(read->timings.size(), written.timings.size());
  EXPECT_THAT(read->remarks, IsEmpty());
}

TEST(MeasurementSet, MissingAndMisnamedFilesAreToldAndNotFatal) {
  const Folder folder;
  const auto path = study(folder);
  std::filesystem::remove(path / "weights_00000.txt");
  std::filesystem::rename(path / "weights_22222.txt", path / "weights_2222.txt");
  put(path / "README", "hello");
  const auto read = read_study(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->conditions.size(), 241u);
  EXPECT_THAT(read->remarks,
              ElementsAre(HasSubstr("1 file is not named weights_ABCDE.txt with five digits from 0 to 2, and left out: "
                                    "weights_2222.txt"),
                          HasSubstr("2 of 243 files are missing, and their conditions left out: weights_00000.txt, "
                                    "weights_22222.txt"),
                          HasSubstr("the least stressed one replaces it")));
}

TEST(MeasurementSet, APairThatIsMissingIsCounted) {
  const Folder folder;
  const auto path = study(folder);
  put(path / "weights_00000.txt", "0.4 0.1 0.1 0\n");
  const auto read = read_study(path);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->remarks, ElementsAre("7 of 1944 pairs of condition and plan were not measured"));
}

TEST(MeasurementSet, AFolderWithoutItsFilesIsRefused) {
  const Folder folder;
  std::filesystem::create_directories(folder.file("none"));
  EXPECT_THAT(read_study(folder.file("none")).error().message, HasSubstr("none: holds no file weights_ABCDE.txt"));
  EXPECT_THAT(read_study(folder.file("gone")).error().message, HasSubstr("cannot be read as a folder"));
}

TEST(MeasurementSet, WhatIsDamagedIsNamedWithFileAndLine) {
  const Folder folder;
  const auto path = study(folder);
  put(path / "weights_11111.txt", "0.4 0.1 0.1 0\n0.4 n4n 0.1 1\n");
  const auto read = read_study(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::invalid);
  EXPECT_THAT(read.error().message,
              HasSubstr("weights_11111.txt: line 2: edge 'n4n' is not a time in seconds from 0 to 86400"));
  std::filesystem::remove(path / "weights_11111.txt");
  std::filesystem::create_directory(path / "weights_11111.txt");
  EXPECT_THAT(read_study(path).error().message, HasSubstr("weights_11111.txt: is not a regular file"));
}

TEST(MeasurementSet, PartsThatNoiseMakesLongerThanTheirTotalLeaveNothingForTheNetwork) {
  const auto lines = parse_study("1.0824 0.7748 0.3486 3\n0.4 0.1 0.1 4\n0.1 0.1 0.1 5\n");
  ASSERT_TRUE(lines) << lines.error().message;
  EXPECT_EQ(lines->lines[0].terms, (table::Terms{.head = Duration(774800000), .tail = Duration(348600000)}));
  EXPECT_NEAR(lines->lines[0].beyond, 0.0379, 0.0001);
  EXPECT_EQ(lines->lines[1].beyond, 0);
  EXPECT_EQ(lines->lines[2].beyond, 1) << "the bound itself";
}

TEST(MeasurementSet, LinesLongerThanTheirTotalAreCountedAndTheLargestNamed) {
  const Folder folder;
  const auto path = study(folder);
  put(path / "weights_00000.txt", "0.1 0.05 0.051 0\n1.0824 0.7748 0.3486 1\n0.4 0.1 0.1 2\n");
  const auto read = read_study(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->remarks,
              ElementsAre("in 2 of 1939 measurements edge and cloud add up to more than the total, by 3.8 % at most "
                          "(weights_00000.txt, cut 1); the network's share is taken as zero there",
                          HasSubstr("pairs of condition and plan were not measured")));
}

TEST(MeasurementSet, BadLinesAreRefusedInOneSentence) {
  EXPECT_THAT(refusal(""), HasSubstr("holds no measurement"));
  EXPECT_THAT(refusal("\n \n"), HasSubstr("holds no measurement"));
  EXPECT_THAT(refusal("0.4 0.1 0.1\n"), HasSubstr("line 1: has 3 fields"));
  EXPECT_THAT(refusal("0.4 0.1 0.1 1 1\n"), HasSubstr("line 1: has 5 fields"));
  EXPECT_THAT(refusal("0.4 -0.1 0.1 1\n"), HasSubstr("edge '-0.1' is not a time"));
  EXPECT_THAT(refusal("1e999 0.1 0.1 1\n"), HasSubstr("total '1e999' is not a time"));
  EXPECT_THAT(refusal("nan 0.1 0.1 1\n"), HasSubstr("holds no measurement"));
  EXPECT_THAT(refusal("nan 0.1 0.1 x\n"), HasSubstr("line 1: cut 'x'"));
  EXPECT_THAT(refusal("0.4 0.1 0.1 nan\n"), HasSubstr("line 1: cut 'nan'"));
  EXPECT_THAT(refusal(std::string("0.4 0.1\0 0.1 1\n", 15)), HasSubstr("line 1: edge '0.1"));
  EXPECT_THAT(refusal("0.4 0.1 0x1 1\n"), HasSubstr("cloud '0x1' is not a time"));
  EXPECT_THAT(refusal("0.4 0.1 0.1 1.5\n"), HasSubstr("cut '1.5' is not a whole number"));
  EXPECT_THAT(refusal("0.4 0.1 0.1 -1\n"), HasSubstr("cut '-1'"));
  EXPECT_THAT(refusal("0.1 0.19 0.02 1\n"), HasSubstr("take more than twice the total of 0.1 s"));
  EXPECT_THAT(refusal("0 0.1 0 1\n"), HasSubstr("take more than twice the total of 0 s"));
  EXPECT_THAT(refusal("0.4 0.1 0.1 1\n\n0.4 0.1 0.2 1\n"), HasSubstr("line 3: duplicate cut 1 with other times"));
  EXPECT_THAT(refusal("0.4 0.1 0.1 1\n0.4 0.1 0.1\n"), HasSubstr("line 2: has 3 fields")) << "its end is there";
  EXPECT_THAT(refusal(std::string((1 << 20) + 1, ' ')), HasSubstr("more than the limit"));
}

// Every kind of noise, each with its place.
TEST(MeasurementSet, NoiseInTheStudysFilesIsLeftOutAndTold) {
  const auto file = parse_study(
      "0.4 0.1 0.1 1\n\n \t\r\n0.4 0.1 0.1 1\n0.4 NaN 0.1 2\n-inf 0 0 3\n0 0 0 4\n1e-12 0 0 5\n0.5 0.1 0.1 6\n0.5 0.1");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->lines.size(), 2u);
  EXPECT_EQ(file->lines[0].cut, 1u);
  EXPECT_EQ(file->lines[1].cut, 6u);
  EXPECT_THAT(
      file->odd.remarks(),
      ElementsAre("2 lines are blank, and left out; the first is line 2", "1 line is repeated, and left out: line 4",
                  "2 lines are of a measurement of 0 ns, and left out; the first is line 7",
                  "2 lines are without a measured time, and left out; the first is line 5",
                  "1 line is cut off at the end of the file, and left out: line 10"));
}

TEST(MeasurementSet, ALastLineWithAllItsFieldsCounts) {
  const auto file = parse_study("0.4 0.1 0.1 1\n0.4 0.1 0.1 2");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->lines.size(), 2u);
  EXPECT_THAT(file->odd.remarks(), IsEmpty());
}

TEST(MeasurementSet, ARemarkNamesTheFileOfTheNoise) {
  const Folder folder;
  const auto path = study(folder);
  put(path / "weights_11111.txt", "0.4 0.1 0.1 0\n0.4 nan 0.1 1\n");
  put(path / "weights_22222.txt", "0.4 nan 0.1 0\n0.4 0.1 0.1 1\n");
  const auto read = read_study(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->remarks,
              ElementsAre("2 lines are without a measured time, and left out; the first is weights_11111.txt: line 2",
                          "14 of 1944 pairs of condition and plan were not measured"));
}

}  // namespace
}  // namespace tideline::analysis
