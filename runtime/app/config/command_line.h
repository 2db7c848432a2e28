// Command line: reads the arguments of the agent into a Command: one mode, its options, and the Config.
//
//   const auto read = read_command_line(argc, argv);
//   if (const auto* early = std::get_if<EarlyExit>(&read)) return static_cast<int>(early->code);  // Print its text.
//   const Command& command = std::get<Command>(read);
//   if (command.mode == Mode::serve) run_serve(command, [=] { return reread(argc, argv); });
//
// Flags come from the list in settings.h, and from flags.h; CLI11 reads them.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/app/config/exit_code.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tideline::config {

enum class Mode { inspect, zoo, profile, serve, cloud, check, split, make_certs, show, analyse, replay, manual };

// The options of --replay, as given.
struct ReplayOptions {
  std::vector<std::string> tables, bandwidths;
  std::string world;              // A table that is true; empty: each table is.
  std::string edge_work;          // What /api/status of a live edge said; empty: what tables say.
  std::vector<std::string> cpus;  // "idle": no trace.
  std::vector<std::string> policies{"adaptive"};
  double rate = 5;                    // Requests per second.
  std::string arrivals = "periodic";  // A process, or a file.
  double cpu_speed = 1;               // How much faster CPU traces run than they were recorded.
  std::uint64_t requests = 0;
  int edge_slots = 1, cloud_slots = 1;
  std::uint64_t seed = 1;
  std::string rtt = "30 ms";
  std::string deadline;      // Empty: none.
  bool as_measured = false;  // The world has no errors that no policy knows.
  std::string html;
};

struct Command {
  Mode mode = Mode::check;
  Config config;                    // Defaults, file, environment and flags, in rising precedence.
  std::optional<std::string> file;  // The config file, for reloading.

  // Options of single modes; the other modes ignore them.
  std::string zoo_name;             // --zoo
  std::uint64_t zoo_seed = 1;       // --zoo
  std::string out;                  // --zoo, --split
  std::string certs;                // --make-certs
  std::vector<std::string> names;   // --make-certs
  bool renew = false;               // --make-certs
  std::vector<std::string> tables;  // --show: one, or two to compare
  bool verify = false;              // --inspect
  bool time = false;                // --inspect
  bool all = false;                 // --inspect
  bool json = false;                // --inspect, --profile, --check, --show, --analyse, --replay
  bool resume = false;              // --profile
  bool refresh = false;             // --profile
  std::vector<std::string> merge;   // --profile: journals of shards, instead of measuring
  std::string format = "tideline";  // --analyse
  std::string html;                 // --analyse
  std::string csv;                  // --analyse
  Duration swap_cost{};             // --analyse
  ReplayOptions replay;             // --replay
  std::string manual;               // --manual
};

// A text to print and a code to exit with instead of running: help, the version, or one sentence about a fault.
struct EarlyExit {
  std::string text;
  ExitCode code = ExitCode::ok;
};

std::variant<Command, EarlyExit> read_command_line(int argc, const char* const* argv);

// Reads file, environment and flags again, for SIGHUP. REQUIRES: read_command_line() returned a Command for them.
Result<Config> reread(int argc, const char* const* argv);

}  // namespace tideline::config
