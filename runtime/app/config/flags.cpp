#include "runtime/app/config/flags.h"

#include "runtime/base/units.h"
#include "runtime/model/zoo/zoo.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace tideline::config {
namespace {

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
      ->type_name("tideline|adaptivednn")
      ->check(CLI::IsMember({"tideline", "adaptivednn"}).description(""));
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
  app.add_option("--world", asked.world,
                 "a table that says how edge, cloud and network are, whatever --table says; it needs all plans of that")
      ->type_name("FILE");
  app.add_option("--edge-work", asked.edge_work,
                 "what /api/status of a live edge said under load: what requests compute, and the cores of the edge")
      ->type_name("FILE");
  files("--bandwidth", asked.bandwidths, "a trace of the uplink, CSV: seconds,mbit_per_s")->required();
  files("--cpu", asked.cpus, "a trace of the edge's CPU, CSV: seconds,cpu_percent; or idle")->type_name("FILE|idle");
  app.add_option("--policy", asked.policies, "what decides; static: every plan, held; may be repeated")
      ->type_name(
          "adaptive|table|static|shortest-queue|least-work|edge-only|cloud-only|oracle|causal-0.25|causal-0.5|"
          "causal-1|clairvoyant")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--rate", asked.rate, "requests per second")->type_name("NUMBER")->check(CLI::Range(0.01, 10000.0));
  app.add_option("--arrivals", asked.arrivals,
                 "periodic, poisson, bursts (five at once), or a file with the times of the requests, CSV: seconds")
      ->type_name("periodic|poisson|bursts|FILE");
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
  app.add_option("--deadline", asked.deadline,
                 "of every request, as --serve has it, as 200 ms; also count what is late and refused")
      ->type_name("TIME");
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
      app.add_option("--zoo", command.zoo_name, "the network to write")
          ->type_name(fmt::format("{}", fmt::join(zoo::zoo_names(), "|")))
          ->required();
      app.add_option("--out", command.out, "the file to write")->type_name("FILE")->required();
      app.add_option("--seed", command.zoo_seed, "the seed of the weights")->type_name("NUMBER");
      return;
    case Mode::show:
      app.add_option("--show", command.tables, "a table; with a second one, the differences between the two")
          ->type_name("FILE [FILE]")
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
      app.add_flag("--renew", command.renew,
                   "replace every certificate in the folder, and its key, by one for the same role and hosts")
          ->excludes("--name");
      return;
    case Mode::replay:
      add_replay_flags(app, command);
      return;
    case Mode::manual:
      app.add_option("--manual", command.manual, "a page in roff, for man -l; or a script that the shell reads")
          ->type_name("agent.1|tideline.toml.5|bash|zsh|fish")
          ->required();
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
      app.add_flag(
             "--refresh", command.refresh,
             "measure again what has changed since --table and --samples were written, and replace both at the end")
          ->excludes("--resume")
          ->excludes("--merge");
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

}  // namespace

void add_flags(CLI::App& app, const ModeLine& line, Command& command, Given& given) {
  if (line.set != 0) app.add_flag(std::string(line.flag))->group("");
  add_own_flags(app, command, given);
  add_settings(app, line.set, given);
}

}  // namespace tideline::config
