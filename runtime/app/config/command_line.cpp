#include "runtime/app/config/command_line.h"

#include "runtime/app/config/files.h"
#include "runtime/app/config/settings.h"
#include "runtime/app/config/version.h"
#include "runtime/base/log.h"
#include "runtime/base/outside.h"
#include "runtime/model/zoo/zoo.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <list>
#include <set>
#include <string_view>

namespace tideline::config {
namespace {

struct ModeLine {
  Mode mode;
  std::string_view flag;
  unsigned set;
  std::string_view does;
  std::string_view example;
};

constexpr std::array<ModeLine, 11> kModes{{
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
    {Mode::make_certs, "--make-certs", 0, "make a private CA and its certificates for edges and clouds",
     "agent --make-certs certs --name cloud.example --name 192.0.2.7"},
    {Mode::analyse, "--analyse", kAnalyse,
     "show from measurements under which conditions another cut pays, how much and how surely",
     "agent --analyse --samples s.jsonl --html report.html"},
    {Mode::replay, "--replay", 0,
     "replay requests over bandwidth and CPU traces against tables, and print the latency of each policy",
     "agent --replay --table table.json --bandwidth trace.csv --policy adaptive --policy table"},
    {Mode::check, "--check", kCheck, "check the config, the machine and the cloud peer",
     "agent --check -c edge.toml --peer 127.0.0.1:7070"},
}};

std::string overview() {
  std::string text = "agent keeps a neural network split between an edge and a cloud machine. One of:\n";
  for (const ModeLine& line : kModes) text += fmt::format("  agent {:<12} {}\n", line.flag, line.does);
  return text +
         "Each has --help. agent --version prints the version. Exit codes (sysexits.h): 64 bad command line, 65 bad\n"
         "content of a file, 66 no such file, 69 the other side failed, or --check found a fault, 70 internal error, "
         "73 a file\ncannot be written, 77 a permission is missing, 78 bad config file; 130 after SIGINT.\n";
}

// Returns the flag without its "=value".
std::string_view flag_of(std::string_view argument) {
  return argument.substr(0, argument.find('='));
}

// The flags in their order, to be applied after file and environment.
struct Given {
  std::list<std::pair<const Setting*, std::string>> flags;
  std::optional<std::string> file;
};

void add_settings(CLI::App& app, unsigned mode, Given& given) {
  for (const Setting& setting : settings()) {
    if (setting.flag.empty() || !(setting.modes & mode)) continue;
    const std::string flag(setting.flag);
    if (setting.value.empty()) {
      app.add_flag_callback(
          flag, [&given, &setting] { given.flags.emplace_back(&setting, "true"); }, std::string(setting.help));
      continue;
    }
    app.add_option_function<std::vector<std::string>>(
           flag,
           [&given, &setting](const std::vector<std::string>& texts) {
             if (setting.is_list())
               given.flags.emplace_back(&setting, fmt::format("{}", fmt::join(texts, ",")));
             else
               for (const std::string& text : texts) given.flags.emplace_back(&setting, text);
           },
           std::string(setting.help))
        ->type_name(std::string(setting.value))
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
}

// A validator of CLI11 that also stores the value: returns the fault, or an empty text.
std::string set_swap_cost(Command& command, const std::string& text) {
  const auto cost = parse_duration(text);
  if (!cost) return cost.error().message;
  command.swap_cost = *cost;
  return {};
}

void add_analyse_flags(CLI::App& app, Command& command) {
  app.add_option("--format", command.format,
                 "tideline; or adaptivednn, if --samples names a folder of the published study")
      ->type_name("NAME")
      ->check(CLI::IsMember({"tideline", "adaptivednn"}));
  app.add_option("--html", command.html, "write a report with plots, as one self-contained page")->type_name("FILE");
  app.add_option("--csv", command.csv, "write one line per condition: its best plan and the gain of moving there")
      ->type_name("FILE");
  app.add_option("--swap-cost", "the cost of a swap, as 50 ms, to compute how many requests pay it back; here it is 0")
      ->type_name("TIME")
      ->check([&command](const std::string& text) { return set_swap_cost(command, text); });
}

void add_replay_flags(CLI::App& app, Command& command) {
  ReplayOptions& asked = command.replay;
  const auto files = [&app](const char* flag, std::vector<std::string>& into, const char* help) {
    return app.add_option(flag, into, help)
        ->type_name("FILE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  app.add_flag("--replay")->group("");
  files("--table", asked.tables, "a partition table; may be repeated, as may all files")->required();
  files("--bandwidth", asked.bandwidths, "a trace of the uplink, CSV: seconds,mbit_per_s")->required();
  files("--cpu", asked.cpus, "a trace of the edge's CPU, CSV: seconds,cpu_percent; or idle");
  app.add_option(
         "--policy", asked.policies,
         "adaptive, table, static (every plan, held), shortest-queue, least-work, edge-only, cloud-only, oracle, "
         "causal-0.25, causal-0.5, causal-1 or clairvoyant; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--rate", asked.rate, "requests per second")->type_name("NUMBER")->check(CLI::Range(0.01, 10000.0));
  app.add_option("--arrivals", asked.arrivals,
                 "periodic, poisson, bursts (five at once), or a file with the times of the requests, CSV: seconds")
      ->type_name("NAME|FILE");
  app.add_option("--requests", asked.requests,
                 "the number of requests per case; by default until the bandwidth trace ends")
      ->type_name("COUNT")
      ->check(CLI::Range(0, 100'000'000));
  app.add_option("--cpu-speed", asked.cpu_speed, "how many times faster to run CPU traces")
      ->type_name("NUMBER")
      ->check(CLI::Range(0.001, 1e6));
  app.add_flag("--as-measured", asked.as_measured,
               "edge, cloud and network are as the table says; else they deviate from it in ways that no policy knows");
  app.add_option("--rtt", asked.rtt, "the round-trip time, as 30 ms")->type_name("TIME");
  app.add_option("--edge-slots", asked.edge_slots, "runs at once on the edge")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1024));
  app.add_option("--cloud-slots", asked.cloud_slots, "runs at once in the cloud")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1024));
  app.add_option("--seed", asked.seed, "the seed of all random numbers")->type_name("NUMBER");
  app.add_option("--html", asked.html, "also write a page with plots")->type_name("FILE");
  app.add_flag("--json", command.json, "print the result as JSON");
}

void add_own_flags(CLI::App& app, Command& command, Given& given) {
  switch (command.mode) {
    case Mode::zoo:
      app.add_option("--zoo", command.zoo_name, fmt::format("one of {}", fmt::join(zoo::zoo_names(), ", ")))
          ->type_name("NAME")
          ->required();
      app.add_option("--out", command.out, "the file to write")->type_name("FILE")->required();
      app.add_option("--seed", command.zoo_seed, "the seed of the weights")->type_name("NUMBER");
      return;
    case Mode::show:
      app.add_option("--show", command.tables, "a table; with a second one, the differences between the two")
          ->type_name("TABLE [OTHER]")
          ->required()
          ->expected(1, 2);
      app.add_flag("--json", command.json, "print the result as JSON");
      return;
    case Mode::make_certs:
      app.add_option("--make-certs", command.certs,
                     "the folder for them; if it has a CA, that CA certifies another edge or cloud")
          ->type_name("DIR")
          ->required();
      app.add_option("--name", command.names, "a host or address by which edges dial the cloud; may be repeated")
          ->type_name("HOST")
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      return;
    case Mode::replay:
      add_replay_flags(app, command);
      return;
    case Mode::inspect:
      app.add_flag("--verify", command.verify, "compare head and tail of every cut with the whole, bit for bit");
      app.add_flag("--time", command.time, "time head and tail of every cut beside the whole");
      app.add_flag("--all", command.all, "also list the cuts that an earlier one beats");
      break;
    case Mode::split:
      app.add_option("--out", command.out, "the folder for head.pt and tail.pt")->type_name("DIR")->required();
      break;
    case Mode::profile:
      app.add_flag("--resume", command.resume, "continue the existing journal");
      app.add_option("--merge", command.merge,
                     "join the journals of all shards into --samples and --table; needs no peer")
          ->type_name("FILE...")
          ->expected(1, -1);
      break;
    case Mode::analyse:
      add_analyse_flags(app, command);
      break;
    default:
      break;
  }
  if (command.mode != Mode::serve && command.mode != Mode::cloud && command.mode != Mode::split)
    app.add_flag("--json", command.json, "print the result as JSON");
  app.add_option("-c,--config", given.file, "read settings from this file")->type_name("FILE");
}

Result<Config> assemble(const Given& given) {
  Config config;
  if (given.file)
    if (const auto read = read_config_file(*given.file, config); !read) return read.error();
  if (const auto read = read_environment(config); !read) return read.error();
  std::set<std::string> named;
  for (const auto& [setting, text] : given.flags) {
    if (const auto set = setting->set(config, text); !set) return set.error().within(setting->flag);
    if (setting->by_name() && !named.insert(setting->key_of(text)).second)
      return error(ErrorKind::invalid, "{} {} occurs twice for one name; leave one out", setting->flag, text);
  }
  if (const auto good = check_names(config); !good) return good.error();
  return config;
}

// Of CLI11's message, the first line names the fault.
EarlyExit usage_error(std::string_view complaint, std::string_view help) {
  return {fmt::format("agent: {}; see agent {}\n", complaint.substr(0, complaint.find('\n')), help), ExitCode::usage};
}

}  // namespace

std::variant<Command, EarlyExit> read_command_line(int argc, const char* const* argv) {
  const std::vector<std::string_view> arguments(argv + std::min(argc, 1), argv + argc);
  if (std::ranges::find(arguments, "--version") != arguments.end()) return EarlyExit{version_text() + "\n"};

  const bool help = std::ranges::any_of(arguments, [](auto a) { return a == "-h" || a == "--help"; });
  std::vector<const ModeLine*> asked;
  for (const ModeLine& line : kModes)
    if (std::ranges::find(arguments, line.flag, flag_of) != arguments.end()) asked.push_back(&line);
  if (asked.empty() && help) return EarlyExit{overview()};
  if (asked.empty()) return EarlyExit{"agent: no mode is given\n" + overview(), ExitCode::usage};
  if (asked.size() > 1)
    return usage_error(fmt::format("{} and {} exclude each other; choose one", asked[0]->flag, asked[1]->flag),
                       "--help");

  const ModeLine& mode = *asked.front();
  CLI::App app(fmt::format("{}\n\n  {}", mode.does, mode.example), "agent");
  Command command{.mode = mode.mode};
  Given given;
  if (mode.set != 0) app.add_flag(std::string(mode.flag))->group("");
  add_own_flags(app, command, given);
  add_settings(app, mode.set, given);
  if (help) return EarlyExit{app.help()};  // Even if a required flag is missing.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return usage_error(e.what(), fmt::format("{} --help", mode.flag));
  }

  if (given.file && !readable(*given.file))
    return EarlyExit{fmt::format("agent: {}: no such file, or no permission to read it\n", *given.file),
                     ExitCode::no_input};
  auto config = assemble(given);
  if (!config)
    return EarlyExit{fmt::format("agent: {}\n", outside_text(config.error().message, kLongestLine)),
                     given.file ? ExitCode::bad_config : ExitCode::usage};
  command.config = *std::move(config);
  command.file = given.file;
  return command;
}

Result<Config> reread(int argc, const char* const* argv) {
  auto again = read_command_line(argc, argv);
  if (auto* const command = std::get_if<Command>(&again)) return std::move(command->config);
  return error(ErrorKind::invalid, "{}", std::get<EarlyExit>(again).text);
}

}  // namespace tideline::config
