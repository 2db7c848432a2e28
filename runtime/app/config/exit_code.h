// Exit codes of the agent, from sysexits.h, so that scripts and service managers can distinguish failures.
#pragma once

#include "runtime/base/result.h"

#include <sysexits.h>

#include <span>
#include <string_view>

namespace tideline::config {

// What main() returns; not an int, so that no count is returned by mistake.
enum class ExitCode : int {
  ok = 0,
  usage = EX_USAGE,              // 64: a bad command line.
  bad_data = EX_DATAERR,         // 65: bad content of a model, table or journal.
  no_input = EX_NOINPUT,         // 66: a model, table or config file is missing or not readable.
  unavailable = EX_UNAVAILABLE,  // 69: the cloud failed, or --check found a fault.
  internal = EX_SOFTWARE,        // 70
  cannot_create = EX_CANTCREAT,  // 73: an output file cannot be written.
  no_permission = EX_NOPERM,     // 77: tc or control groups need a permission.
  bad_config = EX_CONFIG,        // 78: a bad config file.
  interrupted = 130,             // SIGINT; the measurements so far are kept.
};

struct ExitMeaning {
  ExitCode code;
  std::string_view means;  // "bad command line"
};

// Every code but ok, in the order of their numbers, as help and manual list them.
std::span<const ExitMeaning> exit_meanings();

}  // namespace tideline::config
