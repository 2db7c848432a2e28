// What the agent says to what it cannot do: one sentence, the right exit code, no crash.
#include "runtime/app/config/command_line.h"

#include "tests/support/agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <map>

namespace tideline {
namespace {

struct Bad {
  std::string name;
  std::vector<std::string> arguments;  // FOLDER/ and LENET stand for a temporary folder and the lenet file.
  int code;
  std::string says;
};

void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.name;
}

class BadInput : public testing::TestWithParam<Bad> {
 protected:
  BadInput() {
    folder_.with("text.pt", "this is no network\n");
    folder_.with("typo.toml", "[edge]\npeer = \"127.0.0.1:7070\"\n\n[edge.more]\nx = 1\n");
    folder_.with("misspelt.toml", "[edge]\n\nhysterisis = \"3 %\"\n");
    folder_.with("unitless.toml", "[edge]\npatience = \"250\"\n");
    folder_.with("names.toml", "[models]\na = \"a.pt\"\nc = \"c.pt\"\n[tables]\nb = \"b.json\"\n");
    folder_.with("broken.toml", "[edge\n");
    folder_.with("grid.toml", "edge_cpu = [\"200 %\"]\n");
    folder_.with("table.json", "{\"format\": \"something else\"}");
  }
  std::string fill(std::string text) const {
    for (const auto& [word, value] :
         {std::pair<std::string, std::string>{"FOLDER", (folder_ / "").string()}, {"LENET", lenet_file()}})
      if (const std::size_t at = text.find(word); at != std::string::npos) text.replace(at, word.size(), value);
    return text;
  }
  TemporaryFolder folder_;
};

TEST_P(BadInput, GetsOneSentenceAndTheRightExitCode) {
  std::vector<std::string> arguments{TIDELINE_AGENT};
  for (const std::string& argument : GetParam().arguments) arguments.push_back(fill(argument));
  const Ran ran = run_agent(arguments);
  EXPECT_EQ(ran.code, GetParam().code) << ran.err;
  EXPECT_NE(ran.err.find(GetParam().says), std::string::npos) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_LT(ran.err.find("agent: "), ran.err.size());
  EXPECT_LE(std::ranges::count(ran.err.substr(ran.err.find("agent: ")), '\n'),
            GetParam().says.find("no mode") != std::string::npos ? 20 : 1)
      << ran.err;
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, BadInput,
    testing::Values(
        Bad{"NoMode", {}, 64, "no mode is given"},
        Bad{"TwoModes", {"--serve", "--cloud"}, 64, "--serve and --cloud exclude each other"},
        Bad{"PeerTwice", {"--serve", "--peer", "a:1,b:1", "--peer", "a:1"}, 64, "--peer: a:1 occurs twice"},
        Bad{"CodecTwice", {"--profile", "--codecs", "fp32,q4,fp32"}, 64, "--codecs: the codec 'fp32' is given twice"},
        Bad{"CodecThatIsGone", {"--profile", "--codecs", "int8"}, 64, "\"int8\" is not a codec; write one of \"fp32\""},
        Bad{"NoPeer", {"--serve", "--peer", ","}, 64, "--peer: no cloud is given"},
        Bad{"UnknownFlag", {"--serve", "--modle", "x=y"}, 64, "--modle"},
        Bad{"FlagOfAnotherMode", {"--cloud", "--grid", "quick"}, 64, "--grid"},
        Bad{"NoModel", {"--serve"}, 65, "no model is given"},
        Bad{"ModelWithoutFile", {"--inspect", "--model", "lenet="}, 64, "NAME=FILE"},
        Bad{"ModelNamedAfterItsFile", {"--inspect", "--model", "FOLDERnone.pt"}, 66, "none.pt: no such file"},
        Bad{"ModelNamedAsAnotherFile",
            {"--serve", "--model", "LENET", "--model", "FOLDERlenet.pt"},
            64,
            "lenet.pt occurs twice for one name"},
        Bad{"NoPageOfThatName", {"--manual", "agent.2"}, 64, "'agent.2' is not in the manual"},
        Bad{"ModelTwice",
            {"--serve", "--model", "m=LENET", "--model", "m=FOLDERother.pt"},
            64,
            "other.pt occurs twice for one name"},
        Bad{"TableTwice",
            {"--serve", "--model", "m=LENET", "--table", "a.json", "--table", "b.json"},
            64,
            "--table b.json occurs twice for one name"},
        Bad{"InputTwice",
            {"--serve", "--model", "m=LENET", "--input", "m=fp32[1]", "--input", "m=fp32[2]"},
            64,
            "--input m=fp32[2] occurs twice for one name"},
        Bad{"TableOfNoModel",
            {"--serve", "--model", "m=LENET", "--table", "nosuch=t.json"},
            64,
            "tables.nosuch (--table): there is no such model; the models are m"},
        Bad{"InputOfNoModel",
            {"--inspect", "--model", "m=LENET", "--input", "n=fp32[1]"},
            64,
            "inputs.n (--input): there is no such model; the models are m"},
        Bad{"TableOfNoModelInTheFile",
            {"--check", "-c", "FOLDERnames.toml"},
            78,
            "tables.b (--table): there is no such model; the models are a, c"},
        Bad{"MissingFile", {"--inspect", "--model", "m=FOLDERnone.pt"}, 66, "none.pt: no such file"},
        Bad{"MissingFileOfTheCloud", {"--cloud", "--model", "m=FOLDERnone.pt"}, 66, "none.pt: no such file"},
        Bad{"NoTorchScript", {"--inspect", "--model", "m=FOLDERtext.pt"}, 65, "TorchScript"},
        Bad{"ShapeThatDoesNotFit",
            {"--inspect", "--model", "m=LENET", "--input", "fp32[1,3,5,5]"},
            65,
            "fp32[1,3,5,5]"},
        Bad{"NameThatCannotBe",
            {"--inspect", "--model", "m=LENET", "--output", "a,b"},
            64,
            "'a,b' cannot name a tensor"},
        Bad{"NamesForMoreOutputs", {"--inspect", "--model", "m=LENET", "--output", "a b"}, 65, "but 2 are named"},
        Bad{"NoShape", {"--inspect", "--model", "m=LENET", "--input", "fp32"}, 64, "fp32[1,3,224,224]"},
        Bad{"NoSamples", {"--analyse", "--samples", "FOLDERnone"}, 66, "none: no such file"},
        Bad{"NoJournal", {"--analyse", "--samples", "FOLDERtext.pt"}, 65, "text.pt: line 1"},
        Bad{"NoStudy",
            {"--analyse", "--format", "adaptivednn", "--samples", "FOLDER"},
            65,
            "holds no file weights_ABCDE.txt"},
        Bad{"UnknownFormat", {"--analyse", "--format", "csv"}, 64, "--format"},
        Bad{"SwapCostWithoutUnit", {"--analyse", "--swap-cost", "50"}, 64, "--swap-cost"},
        Bad{"UnknownNetwork", {"--zoo", "resnet9000", "--out", "FOLDERx.pt"}, 64, "alexnet"},
        Bad{"SplitWithoutCut", {"--split", "--model", "m=LENET", "--out", "FOLDERhalves"}, 64, "--cut"},
        Bad{"SplitAtNoCut",
            {"--split", "--model", "m=LENET", "--cut", "0", "--out", "FOLDERhalves"},
            64,
            "does not split"},
        Bad{"UnwritableHalves",
            {"--split", "--model", "m=LENET", "--cut", "2", "--out", "/proc/halves"},
            73,
            "/proc/halves"},
        Bad{"UnwritableFile", {"--zoo", "lenet", "--out", "/nowhere/x.pt"}, 73, "/nowhere/x.pt"},
        Bad{"UnknownKey",
            {"--check", "-c", "FOLDERmisspelt.toml"},
            78,
            "misspelt.toml:3: edge.hysterisis: there is no setting edge.hysterisis; did you mean edge.hysteresis?"},
        Bad{"UnknownSection", {"--check", "-c", "FOLDERtypo.toml"}, 78, "typo.toml:5"},
        Bad{"NoUnit",
            {"--check", "-c", "FOLDERunitless.toml"},
            78,
            "unitless.toml:2: edge.patience: '250' has no unit"},
        Bad{"BrokenToml", {"--check", "-c", "FOLDERbroken.toml"}, 78, "broken.toml:1"},
        Bad{"MissingConfig", {"--check", "-c", "FOLDERnone.toml"}, 66, "none.toml: no such file"},
        Bad{"BadEndpoint", {"--check", "--peer", "nowhere"}, 64, "nowhere"},
        Bad{"NoTableForTheTablePolicy", {"--serve", "--model", "m=LENET", "--policy", "table"}, 65, "--profile"},
        Bad{"CutBeyondTheModel",
            {"--serve", "--model", "m=LENET", "--peer", "127.0.0.1:1", "--cut", "999"},
            65,
            "no cut 999"},
        Bad{"CutThatSendsTooMuch",
            {"--serve", "--model", "m=LENET", "--peer", "127.0.0.1:1", "--cut", "0", "--max-sent", "1 KiB"},
            65,
            "cut 0 (fp32) of m is forbidden by the bytes per request (it sends 3.06 KiB, and 1 KiB are "
            "allowed); choose another cut"},
        Bad{"CutThatSendsTooMuchForADay",
            {"--serve", "--model", "m=LENET", "--peer", "127.0.0.1:1", "--cut", "0", "--max-sent-per-day", "1 KiB"},
            65,
            "forbidden by the bytes per day (it sends 3.06 KiB, and of 1 KiB were sent 0 B); choose another cut"},
        Bad{"CutThatMayNotLeave",
            {"--serve", "--model", "m=LENET", "--peer", "127.0.0.1:1", "--cut", "0", "--first-cut", "2"},
            65,
            "forbidden by the first cut that may leave the edge (cut 0 comes before cut 2); choose another cut"},
        Bad{"FirstCutBeyondTheModel",
            {"--serve", "--model", "m=LENET", "--first-cut", "999"},
            65,
            "no cut 999, which edge.first_cut names"},
        Bad{"ReplayWithoutATable",
            {"--replay", "--table", "FOLDERno.json", "--bandwidth", "FOLDERtext.pt"},
            66,
            "no.json: no such file"},
        Bad{"ReplayOfNoTrace",
            {"--replay", "--table", TIDELINE_SOURCE "/tests/policy/table/golden/table.json", "--bandwidth",
             "FOLDERtext.pt"},
            65,
            "text.pt: line 1: 'this is no network' is not a trace header"},
        Bad{"ReplayOfCpuAsBandwidth",
            {"--replay", "--table", TIDELINE_SOURCE "/tests/policy/table/golden/table.json", "--bandwidth",
             TIDELINE_SOURCE "/tests/policy/replay/golden/cpu.csv"},
            65,
            "cpu.csv: this is a trace of CPU; give it with --cpu"},
        Bad{"ReplayUnderNoPolicy",
            {"--replay", "--table", TIDELINE_SOURCE "/tests/policy/table/golden/table.json", "--bandwidth",
             TIDELINE_SOURCE "/tests/policy/replay/golden/trace.csv", "--policy", "best"},
            65,
            "'best' is not a policy that can be replayed"},
        Bad{"ReplayOfNoArrivals",
            {"--replay", "--table", TIDELINE_SOURCE "/tests/policy/table/golden/table.json", "--bandwidth",
             TIDELINE_SOURCE "/tests/policy/replay/golden/trace.csv", "--arrivals", "now"},
            66,
            "--arrivals: 'now' is neither periodic, poisson nor bursts, nor a file that can be read"},
        Bad{"ReplayOfATraceAsArrivals",
            {"--replay", "--table", TIDELINE_SOURCE "/tests/policy/table/golden/table.json", "--bandwidth",
             TIDELINE_SOURCE "/tests/policy/replay/golden/trace.csv", "--arrivals",
             TIDELINE_SOURCE "/tests/policy/replay/golden/cpu.csv"},
            65,
            "cpu.csv: line 1: 'seconds,cpu_percent' is not a header of requests; write seconds"},
        Bad{"CutWithoutCloud", {"--serve", "--model", "m=LENET", "--cut", "0"}, 65, "--peer"},
        Bad{"MemoryForAPartWithoutCloud",
            {"--serve", "--model", "m=LENET", "--memory", "150 KiB"},
            65,
            "), and the rest needs a cloud; give one with --peer HOST:PORT"},
        Bad{"MemoryForNoInput",
            {"--serve", "--model", "m=LENET", "--memory", "1 KiB"},
            65,
            "the input alone takes 3.06 KiB, more than the 1 KiB"},
        Bad{"CutBeyondTheMemory",
            {"--serve", "--model", "m=LENET", "--memory", "150 KiB", "--cut", "6", "--peer", "127.0.0.1:1"},
            65,
            "so cut 6 cannot be served; choose an earlier cut"},
        Bad{"DeviceThatIsNone",
            {"--cloud", "--model", "m=LENET", "--device", "tpu"},
            64,
            "\"tpu\" is not a device; write \"cpu\", \"cuda\", or \"cuda:1\" for the second GPU"},
        Bad{"MemoryOfAGpu",
            {"--serve", "--model", "m=LENET", "--device", "cuda", "--memory", "1 MiB"},
            65,
            "compute.device = \"cuda:0\" keeps weights in its own; set only one of them"},
        Bad{"ProfileWithoutCloud", {"--profile", "--model", "m=LENET"}, 64, "--peer"},
        Bad{"ShowNothing", {"--show"}, 64, "--show"},
        Bad{"ShowThreeTables", {"--show", "FOLDERtable.json", "b.json", "c.json"}, 64, "At Most 2 required"},
        Bad{"ShowAMissingTable", {"--show", "FOLDERno.json"}, 66, "no.json: no such file"},
        Bad{"ShowNoTable", {"--show", "FOLDERtable.json"}, 65, "table.json: format: \"something else\" is not"},
        Bad{"CertificatesNowhere", {"--make-certs", "/proc/certs"}, 73, "/proc/certs"},
        Bad{"CertificateForAPort", {"--make-certs", "FOLDERcerts", "--name", "cloud:7070"}, 73, "leave the port out"},
        Bad{"CertificateForNoHost", {"--make-certs", "FOLDERcerts", "--name", "a,b"}, 73, "'a,b' cannot be named in"},
        Bad{"RenewalForAHost", {"--make-certs", "FOLDERcerts", "--renew", "--name", "a"}, 64, "--renew"},
        Bad{"PriorityThatIsNone",
            {"--serve", "--model", "m=LENET", "--priority", "0"},
            64,
            "'0' is not a whole number from 1 to 4294967295"},
        Bad{"PriorityOfNoModel",
            {"--serve", "--model", "m=LENET", "--priority", "nosuch=1"},
            64,
            "priorities.nosuch (--priority): there is no such model; the models are m"},
        Bad{"PolicyThatIsNone",
            {"--serve", "--model", "m=LENET", "--policy", "magic"},
            64,
            "adaptive, table, static, shortest-queue or least-work"}),
    [](const auto& given) { return given.param.name; });

// What the tests of this program fork is what users start.
TEST(CommandLine, TheProgramItselfAnswersAsItsForkDoes) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"--version"}, {"--serve", "--modle", "x=y"}, {"--check", "-c", "/nowhere.toml"}}) {
    std::vector<std::string> arguments{TIDELINE_AGENT};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran itself = run(arguments), fork = run_agent(arguments);
    EXPECT_EQ(itself.code, fork.code);
    EXPECT_EQ(itself.out, fork.out);
    EXPECT_EQ(itself.err, fork.err);
    EXPECT_NE(itself.out + itself.err, "");
  }
}

TEST(CommandLine, EveryModeHasHelpWithAnExample) {
  for (const char* mode : {"--serve", "--cloud", "--profile", "--inspect", "--zoo", "--split", "--make-certs", "--show",
                           "--check", "--manual"}) {
    const Ran ran = run_agent({TIDELINE_AGENT, mode, "--help"});
    EXPECT_EQ(ran.code, 0) << mode << ran.err;
    EXPECT_NE(ran.out.find("agent "), std::string::npos) << mode;
  }
  EXPECT_EQ(run_agent({TIDELINE_AGENT, "--help"}).code, 0);
  EXPECT_NE(run_agent({TIDELINE_AGENT, "--version"}).out.find("tideline agent"), std::string::npos);
}

TEST(CommandLine, AModelIsNamedAfterItsFileUnlessItHasAName) {
  const auto models_of = [](const char* text) {
    const std::array<const char*, 4> argv{"agent", "--inspect", "--model", text};
    return std::get<config::Command>(config::read_command_line(4, argv.data())).config.models;
  };
  using Models = std::map<std::string, std::string>;
  EXPECT_EQ(models_of("/nets/alexnet.v2.pt"), (Models{{"alexnet.v2", "/nets/alexnet.v2.pt"}}));
  EXPECT_EQ(models_of("net=/nets/alexnet.v2.pt"), (Models{{"net", "/nets/alexnet.v2.pt"}}));
}

TEST(CommandLine, AnEdgeOfOneFileServesAndSaysWhatIsMissing) {
  const RunningAgent edge = start_edge();
  ASSERT_NE(edge.port, 0) << edge.child->err();
  EXPECT_NE(
      edge.child->err().find("there is no cloud, so all layers run here; start agent --cloud with the same model, "
                             "and give --peer HOST:PORT"),
      std::string::npos);
  EXPECT_NE(
      edge.child->err().find("lenet: there is no table, so the cut does not move; measure one with --profile, and "
                             "give --table"),
      std::string::npos);
}

TEST(CommandLine, AnInstructionThatTheProcessorLacksEndsTheAgentWithASentence) {
  const RunningAgent edge = start_edge();
  ASSERT_NE(edge.port, 0) << edge.child->err();
  edge.child->signal(SIGILL);
  EXPECT_EQ(edge.child->wait(), 70);
  EXPECT_TRUE(edge.child->err().ends_with(
      "\nagent: this processor lacks an instruction that a library uses; give a virtual machine the processor of its "
      "host, or set OPENBLAS_CORETYPE to Prescott (amd64) or ARMV8 (arm64)\n"))
      << edge.child->err();
}

TEST(CommandLine, FlagsOverrideTheEnvironmentWhichOverridesTheFile) {
  const TemporaryFolder folder;
  const std::string file = folder.with("edge.toml", "[edge]\ncut = 111\n");
  const auto refused = [&](std::vector<std::string> more, Child::Environment environment) {
    std::vector<std::string> arguments{TIDELINE_AGENT, "--serve", "--model", "lenet=" + lenet_file(), "-c", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_agent(arguments, environment).err;
  };
  EXPECT_THAT(refused({}, {}), testing::HasSubstr("has no cut 111;"));
  EXPECT_THAT(refused({}, {{"TIDELINE_EDGE_CUT", "112"}}), testing::HasSubstr("has no cut 112;"));
  EXPECT_THAT(refused({"--cut", "113"}, {{"TIDELINE_EDGE_CUT", "112"}}), testing::HasSubstr("has no cut 113;"));
}

TEST(CommandLine, InspectPrintsTheDocumentedJson) {
  const Ran ran = run_agent({TIDELINE_AGENT, "--inspect", "--model", "lenet=" + lenet_file(), "--verify", "--time",
                             "--json", "--threads", "1"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["model"], "lenet");
  EXPECT_EQ(json["digest"].get<std::string>().size(), 64u);
  EXPECT_EQ(json["inputs"][0]["shape"], (std::vector<int>{1, 1, 28, 28}));
  EXPECT_GT(json["whole_ms"].get<double>(), 0);
  ASSERT_GT(json["cuts"].size(), 5u);
  for (const auto& cut : json["cuts"]) {
    EXPECT_TRUE(cut["exact"].get<bool>()) << cut["name"];
    EXPECT_EQ(cut["max_abs_error"], 0);
    EXPECT_TRUE(cut.contains("head_ms") && cut.contains("tail_ms") && cut.contains("head_parameters_bytes"));
  }
}

TEST(CommandLine, InspectListsTheNamesThatAreGiven) {
  const Ran ran = run_agent({TIDELINE_AGENT, "--inspect", "--model", "lenet=" + lenet_file(), "--json", "--input",
                             "pixels:fp32[1,1,28,28]", "--output", "lenet=scores"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["inputs"][0]["name"], "pixels");
  EXPECT_EQ(json["outputs"][0]["name"], "scores");
}

TEST(CommandLine, WithoutProcTheAgentEndsWithOneSentence) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer itself needs /proc, to know the stack";
#endif
  if (run({"/usr/bin/unshare", "-m", "/bin/true"}).code != 0) GTEST_SKIP() << "needs root, for a namespace of its own";
  const std::string serve = TIDELINE_AGENT " --serve --http 127.0.0.1:0 --model m=" + lenet_file();
  const Ran without = run({"/usr/bin/unshare", "-m", "/bin/sh", "-c", "umount -l /proc && exec " + serve});
  EXPECT_EQ(without.code, 70) << without.err;
  EXPECT_NE(without.err.find("agent: libtorch does not work without /proc; mount it\n"), std::string::npos)
      << without.err;
}

TEST(CommandLine, WithoutSysTheAgentWorksOrEndsWithOneSentence) {
  if (run({"/usr/bin/unshare", "-m", "/bin/umount", "-l", "/sys"}).code != 0)
    GTEST_SKIP() << "needs root, for a namespace of its own";
  const std::string inspect = TIDELINE_AGENT " --inspect --model m=" + lenet_file();
  const Ran without = run({"/usr/bin/unshare", "-m", "/bin/sh", "-c", "umount -l /sys && exec " + inspect});
#if defined(__x86_64__)
  EXPECT_EQ(without.code, 0) << without.err;
#else
  EXPECT_EQ(without.code, 70) << without.err;
  EXPECT_TRUE(without.err.ends_with("agent: libtorch does not work without /sys; mount it\n")) << without.err;
#endif
}

}  // namespace
}  // namespace tideline
