// Flags: everything that the command line of a mode takes, as CLI11 reads it.
//
//   CLI::App app;
//   Command command{.mode = line.mode};
//   Given given;
//   add_flags(app, line, command, given);
//   app.parse(argc, argv);
#pragma once

#include "runtime/app/config/command_line.h"
#include "runtime/app/config/mode_lines.h"
#include "runtime/app/config/settings.h"

#include <list>
#include <optional>
#include <string>
#include <utility>

namespace CLI {
class App;
}

namespace tideline::config {

// The flags in their order, to be applied after file and environment.
struct Given {
  std::list<std::pair<const Setting*, std::string>> flags;
  std::optional<std::string> file;
};

// REQUIRES: `command` and `given` outlive `app`, which writes to them; command.mode is line.mode.
void add_flags(CLI::App& app, const ModeLine& line, Command& command, Given& given);

}  // namespace tideline::config
