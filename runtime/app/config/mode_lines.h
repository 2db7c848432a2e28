// Mode lines: the modes of the agent with their flags, for the command line, its help and the manual.
#pragma once

#include "runtime/app/config/command_line.h"

#include <span>
#include <string>
#include <string_view>

namespace tideline::config {

struct ModeLine {
  Mode mode;
  std::string_view flag;     // "--serve"
  unsigned set;              // Its bit among ModeSet; 0: it takes no settings.
  std::string_view does;     // One clause: "serve inference on the edge and move the cut live".
  std::string_view example;  // A whole command.
};

std::span<const ModeLine> mode_lines();

// The text of `agent --help`.
std::string overview();

}  // namespace tideline::config
