// Command line: what the user asked for, read with CLI11 from the one list of settings.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/app/config/exit_code.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tideline {

enum class Mode { inspect, zoo, profile, serve, cloud, check, split, make_certs, show, analyse, replay };

// What --replay is asked; files by name, the rest as given.
struct ReplayOptions {
  std::vector<std::string> tables, bandwidths;
  std::vector<std::string> cpus;  // "idle" is none.
  std::vector<std::string> policies{"adaptive"};
  double rate = 5;       // Requests per second.
  double cpu_speed = 1;  // How much faster CPU traces run than they were taken.
  std::uint64_t requests = 0;
  std::uint64_t seed = 1;
  std::string rtt = "30 ms";
  std::string html;
};

struct Command {
  Mode mode = Mode::check;
  Config config;                    // Defaults, file, environment and flags, in rising precedence.
  std::optional<std::string> file;  // The config file, for reloading.

  // For single modes; the others leave them alone.
  std::string zoo_name;             // --zoo
  std::uint64_t zoo_seed = 1;       // --zoo
  std::string out;                  // --zoo, --split
  std::string certs;                // --make-certs
  std::vector<std::string> names;   // --make-certs
  std::vector<std::string> tables;  // --show: one, or two to compare
  bool verify = false;              // --inspect
  bool time = false;                // --inspect
  bool all = false;                 // --inspect
  bool json = false;                // --inspect, --profile, --check, --show, --analyse, --replay
  bool resume = false;              // --profile
  std::vector<std::string> merge;   // --profile: journals of shards, instead of measuring
  std::string format = "tideline";  // --analyse; so the next
  std::string html;
  std::string csv;
  Duration swap_cost{};
  ReplayOptions replay;  // --replay
};

// What to print and to exit with instead of running: help, the version, or one sentence about what is wrong.
struct EarlyExit {
  std::string text;
  ExitCode code = ExitCode::ok;
};

std::variant<Command, EarlyExit> read_command_line(int argc, const char* const* argv);

// Reads file, environment and flags again, as SIGHUP asks. REQUIRES: read_command_line() gave a Command for them.
Result<Config> reread(int argc, const char* const* argv);

}  // namespace tideline
