#include "runtime/app/config/command_line.h"

#include "runtime/app/config/files.h"
#include "runtime/app/config/flags.h"
#include "runtime/app/config/mode_lines.h"
#include "runtime/app/config/settings.h"
#include "runtime/app/config/version.h"
#include "runtime/base/log.h"
#include "runtime/base/outside.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace tideline::config {
namespace {

// Returns the flag without its "=value".
std::string_view flag_of(std::string_view argument) {
  return argument.substr(0, argument.find('='));
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
  for (const ModeLine& line : mode_lines())
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
  add_flags(app, mode, command, given);
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
