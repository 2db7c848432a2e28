// crowd: measures how many tails per second a cloud runs if many edges ask without pause; prints one row in Markdown.
//
//   crowd --model FILE --cut K --batching PORT --alone PORT: two clouds in turn, and the ratio
//   crowd --model FILE --cut K --batching PORT --pid PID --edges 1000 --busy 64: the memory that edges cost a cloud
//   without edges
#include "bench/throughput/edges.h"
#include "profiler/fit/statistics.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace tideline;

struct Options {
  std::string model;
  std::uint32_t cut = 0;
  std::uint16_t batching = 0, alone = 0;
  int pid = 0;
  std::size_t edges = 32, busy = 32;
  int rounds = 8;
  double seconds = 2;
};

// The results of one cloud over the rounds.
struct Shown {
  std::vector<double> rates, latency_ms, together;
  double error = 0;
  std::size_t failed = 0;
  void add(Edges::Seen seen) {
    rates.push_back(static_cast<double>(seen.answers) / seen.seconds);
    latency_ms.insert(latency_ms.end(), seen.latency_ms.begin(), seen.latency_ms.end());
    together.push_back(seen.together);
    error = std::max(error, seen.error);
    failed += seen.refusals + seen.wrong;
  }
};

void compare(const Options& options, const model::Model& model) {
  Edges batching(options.batching, model, options.cut), alone(options.alone, model, options.cut);
  batching.connect(options.edges);
  alone.connect(options.edges);
  const Duration turn = from_seconds(options.seconds);
  batching.ask(options.edges, 3 * turn / 2);  // The cloud learns which batch sizes are fast.
  alone.ask(options.edges, turn / 2);
  Shown with, without;
  std::vector<double> ratios;
  for (int round = 0; round < options.rounds; ++round) {
    with.add(batching.ask(options.edges, turn));
    without.add(alone.ask(options.edges, turn));
    ratios.push_back(with.rates.back() / without.rates.back());
  }
  if (with.latency_ms.empty() || without.latency_ms.empty()) {
    fmt::print(stderr, "crowd: a cloud gave no answers; it refused {} requests\n", with.failed + without.failed);
    std::exit(1);
  }
  const model::Cut& cut = model.cuts()[options.cut];
  fmt::print(
      "| {} ({}) | {} | {:.1f} | {:.1f} | {:.2f} [{:.2f}, {:.2f}] | {:.1f} | {:.0f} / {:.0f} | {:.0f} / {:.0f} | "
      "{:.1e} | {} |\n",
      options.cut, cut.name, to_string(cut.bytes), fit::median(with.rates), fit::median(without.rates),
      fit::median(ratios), fit::quantile(ratios, 0), fit::quantile(ratios, 1), fit::median(with.together),
      fit::median(with.latency_ms), fit::median(without.latency_ms), fit::quantile(with.latency_ms, 0.99),
      fit::quantile(without.latency_ms, 0.99), with.error, with.failed + without.failed);
}

// The process's memory that no file backs, in KiB.
double anonymous_kib(int pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::atof(line.c_str() + 8);
  return 0;
}

void crowd(const Options& options, const model::Model& model) {
  Edges edges(options.batching, model, options.cut);
  const double before = anonymous_kib(options.pid);
  edges.connect(options.edges);
  const double idle = anonymous_kib(options.pid) - before;
  const Edges::Seen seen = edges.ask(options.busy, from_seconds(options.seconds));
  fmt::print("| {} | {} | {:.1f} | {:.1f} | {} | {} |\n", options.edges, options.busy,
             idle / static_cast<double>(options.edges), static_cast<double>(seen.answers) / seen.seconds, seen.answers,
             seen.refusals + seen.wrong);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Loads clouds as many edges do and prints what came of it");
  app.add_option("--model", options.model, "the network that the clouds hold")->required();
  app.add_option("--cut", options.cut, "whose tails are asked for");
  app.add_option("--batching", options.batching, "port of the cloud that runs tails together")->required();
  app.add_option("--alone", options.alone, "port of the cloud that runs each alone");
  app.add_option("--pid", options.pid, "the first cloud's process, to see its memory");
  app.add_option("--edges", options.edges, "connections");
  app.add_option("--busy", options.busy, "of them ask, when memory is looked at");
  app.add_option("--rounds", options.rounds, "turns of each cloud");
  app.add_option("--seconds", options.seconds, "a turn");
  CLI11_PARSE(app, argc, argv);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  model::set_compute_threads(1);
  const auto model = model::Model::load(options.model, {});
  if (!model) {
    fmt::print(stderr, "crowd: {}\n", model.error().message);
    return 1;
  }
  if (options.pid != 0)
    crowd(options, **model);
  else
    compare(options, **model);
}
