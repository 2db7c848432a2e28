#include "runtime/app/config/mode_lines.h"

#include "runtime/app/config/exit_code.h"
#include "runtime/app/config/settings.h"

#include <fmt/format.h>

#include <array>

namespace tideline::config {
namespace {

constexpr std::array<ModeLine, 12> kModes{{
    {Mode::profile, "--profile", kProfile, "measure every plan under every condition and write the partition table",
     "agent --profile --model alexnet=alexnet.pt --peer 127.0.0.1:7070 --grid quick --samples s.jsonl --table "
     "table.json"},
    {Mode::serve, "--serve", kServe, "serve inference on the edge and move the cut live",
     "agent --serve --model alexnet=alexnet.pt --table alexnet=table.json --peer 127.0.0.1:7070 --http 127.0.0.1:8080"},
    {Mode::cloud, "--cloud", kCloud, "run tails for any number of edges",
     "agent --cloud --model alexnet=alexnet.pt --listen 127.0.0.1:7070"},
    {Mode::inspect, "--inspect", kInspect, "list a model's cuts; --verify checks them, --time times them",
     "agent --inspect --model alexnet=alexnet.pt --verify"},
    {Mode::zoo, "--zoo", 0, "write a reference network with seeded random weights",
     "agent --zoo alexnet --out alexnet.pt"},
    {Mode::split, "--split", kSplit, "write head and tail of a cut as TorchScript files, for other runtimes",
     "agent --split --model alexnet=alexnet.pt --cut 2 --out DIR"},
    {Mode::show, "--show", 0, "print a partition table, or the differences between two",
     "agent --show table.json other.json"},
    {Mode::make_certs, "--make-certs", 0, "make a private CA and certificates for edges and clouds, or renew these",
     "agent --make-certs certs --name cloud.example --name 192.0.2.7"},
    {Mode::analyse, "--analyse", kAnalyse,
     "show from measurements under which conditions another cut pays, how much and how surely",
     "agent --analyse --samples s.jsonl --html report.html"},
    {Mode::replay, "--replay", 0,
     "replay requests over bandwidth and CPU traces against tables, and print the latency of each policy",
     "agent --replay --table table.json --bandwidth trace.csv --policy adaptive --policy table"},
    {Mode::check, "--check", kCheck, "check the config, the machine and the cloud peer",
     "agent --check -c edge.toml --peer 127.0.0.1:7070"},
    {Mode::manual, "--manual", 0, "print a manual page, or the completions for a shell",
     "agent --manual agent.1 | man -l -"},
}};

// "64 bad command line, 65 bad content of a file"
std::string exit_codes_text() {
  std::string text;
  for (const ExitMeaning& one : exit_meanings())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", static_cast<int>(one.code), one.means);
  return text;
}

// Breaks lines at spaces.
std::string wrapped(std::string text, std::size_t width) {
  for (std::size_t begin = 0; text.size() - begin > width;) {
    const std::size_t space = text.rfind(' ', begin + width);
    if (space == std::string::npos || space <= begin) break;
    text[space] = '\n';
    begin = space + 1;
  }
  return text;
}

}  // namespace

std::span<const ModeLine> mode_lines() {
  return kModes;
}

std::string overview() {
  std::string text = "agent keeps a neural network split between an edge and a cloud machine. One of:\n";
  for (const ModeLine& line : kModes) text += fmt::format("  agent {:<12} {}\n", line.flag, line.does);
  return text +
         wrapped(fmt::format("Each has --help. agent --version prints the version. Exit codes (sysexits.h): {}.",
                             exit_codes_text()),
                 120) +
         "\n";
}

}  // namespace tideline::config
