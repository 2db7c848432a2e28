// compare STEPS FILE...: the table of what several policies did under the same steps.
//
// STEPS has lines "SECOND LABEL": from that second on the conditions were LABEL. Each FILE is a CSV of drive, named
// after its policy. Every latency counts from the moment the request was due; failures count in no latency.
#include "profiler/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace tideline;

struct Step {
  double from_s = 0;
  std::string label;
  std::vector<double> latencies;
};

struct Run {
  std::string name;
  std::vector<double> latencies;
  std::vector<Step> steps;
  int failed = 0;
  int wrong = 0;
  int fallbacks = 0;
  int moves = 0;
};

std::vector<Step> read_steps(const std::string& file) {
  std::ifstream in(file);
  std::vector<Step> steps;
  for (Step step; in >> step.from_s && std::getline(in >> std::ws, step.label);) steps.push_back(step);
  return steps;
}

constexpr std::string_view kColumns = "due_s,latency_ms,status,placement,cut,wrong";  // More may follow.

[[noreturn]] void refuse(const std::string& file, const std::string& line) {
  fmt::print(stderr, "compare: {}: '{}' is not what drive writes; build both anew\n", file, line);
  std::exit(65);
}

void take(Run& run, const std::string& file, const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> fields;
  for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
  if (fields.size() < 6) refuse(file, line);
  if (fields[2] != "200") {
    ++run.failed;
    return;
  }
  const double due = std::stod(fields[0]);
  run.latencies.push_back(std::stod(fields[1]));
  run.fallbacks += fields[3] == "fallback" ? 1 : 0;
  run.wrong += fields[5] == "1" ? 1 : 0;
  const auto after = std::ranges::find_if(run.steps, [due](const Step& s) { return s.from_s > due; });
  if (after != run.steps.begin()) std::prev(after)->latencies.push_back(run.latencies.back());
}

Run read_run(const std::string& file, const std::vector<Step>& steps) {
  Run run{.name = std::filesystem::path(file).stem().string(), .steps = steps};
  std::ifstream in(file);
  bool headed = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# moves ")) run.moves = std::stoi(line.substr(8));
    if (line.starts_with('#')) continue;
    if (line.starts_with(kColumns))
      headed = true;
    else if (headed)
      take(run, file, line);
    else
      refuse(file, line);
  }
  return run;
}

void print_totals(const std::vector<Run>& runs, double least) {
  fmt::print("{:<16} {:>8} {:>9} {:>9} {:>9} {:>9} {:>7} {:>6} {:>9} {:>6}\n", "policy", "answered", "mean ms",
             "p50 ms", "p95 ms", "p99 ms", "failed", "wrong", "fallbacks", "moves");
  for (const Run& run : runs) {
    if (run.latencies.empty()) {
      fmt::print("{:<16} {:>8} nothing was answered; {} failed\n", run.name, 0, run.failed);
      continue;
    }
    fmt::print("{:<16} {:>8} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f} {:>7} {:>6} {:>9} {:>6}   {:.2f} x the best mean\n",
               run.name, run.latencies.size(), mean(run.latencies), quantile(run.latencies, 0.5),
               quantile(run.latencies, 0.95), quantile(run.latencies, 0.99), run.failed, run.wrong, run.fallbacks,
               run.moves, mean(run.latencies) / least);
  }
}

void print_steps(const std::vector<Run>& runs) {
  fmt::print("\nmean latency in ms while it was\n{:<26}", "");
  for (const Run& run : runs) fmt::print(" {:>12}", run.name.substr(0, 12));
  fmt::print("\n");
  for (std::size_t i = 0; i < runs.front().steps.size(); ++i) {
    fmt::print("{:<26}", runs.front().steps[i].label);
    for (const Run& run : runs) {
      const auto& seen = run.steps[i].latencies;
      fmt::print(" {:>12}", seen.empty() ? "-" : fmt::format("{:.0f}", mean(seen)));
    }
    fmt::print("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return fmt::print(stderr, "compare: write compare STEPS FILE...\n"), 64;
  const std::vector<Step> steps = read_steps(argv[1]);
  if (steps.empty()) return fmt::print(stderr, "compare: {} has no steps\n", argv[1]), 65;
  std::vector<Run> runs;
  for (int i = 2; i < argc; ++i) runs.push_back(read_run(argv[i], steps));
  double least = std::numeric_limits<double>::infinity();
  for (const Run& run : runs)
    if (!run.latencies.empty()) least = std::min(least, mean(run.latencies));
  print_totals(runs, least);
  print_steps(runs);
  return 0;
}
