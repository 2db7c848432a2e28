// Options: what the command line of a mode takes, as plain values, for the manual and the completions of shells.
//
//   for (const ModeLine& line : mode_lines())
//     for (const Option& option : options_of(line)) ...
//
// They are read from CLI11's own list, so that no flag is left out.
#pragma once

#include "runtime/app/config/mode_lines.h"

#include <string>
#include <vector>

namespace tideline::config {

struct Option {
  std::string flag;    // "--config"
  std::string letter;  // "-c"; empty if there is none.
  std::string value;   // As Setting::value: "FILE"; empty for a switch.
  std::string help;
  bool required = false;
  bool repeated = false;  // May be given several times.
};

// The options of a mode in the order of its help; one whose flag is line.flag is the mode's own, with a value.
std::vector<Option> options_of(const ModeLine& line);

}  // namespace tideline::config
