// make_trace: prints a trace of a bandwidth or of a busy CPU, made from a seed, in the format of --replay.
#include "policy/replay/generate.h"
#include "policy/replay/trace_csv.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

int main(int argc, char** argv) {
  using namespace tideline::replay;
  const std::map<std::string, Trace::Kind> kinds{{"cellular", Trace::Kind::bandwidth}, {"cpu", Trace::Kind::cpu}};
  Trace::Kind kind = Trace::Kind::bandwidth;
  double mbps = 20, seconds = 60;
  std::uint64_t seed = 1;
  CLI::App app("Prints a trace made from a seed: of a cellular uplink that is dark at times, or of an edge's busy CPU",
               "make_trace");
  app.add_option("--kind", kind, "cellular or cpu")->required()->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--mbps", mbps, "the rate of the uplink while it is good")->check(CLI::Range(0.01, 1e5));
  app.add_option("--seconds", seconds, "the length of the trace")->check(CLI::Range(1.0, kLongestTrace));
  app.add_option("--seed", seed);
  CLI11_PARSE(app, argc, argv);
  const Modulation modulation = kind == Trace::Kind::cpu ? busy_edge() : cellular(mbps);
  std::fputs(to_csv(generate(kind, modulation, seconds, seed)).c_str(), stdout);
}
