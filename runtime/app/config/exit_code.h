// Exit codes, as sysexits.h names them, so that scripts and service managers can tell failures apart.
#pragma once

#include "runtime/base/result.h"

#include <sysexits.h>

namespace tideline {

// What main() returns; kept apart from int so that no count is returned by mistake.
enum class ExitCode : int {
  ok = 0,
  usage = EX_USAGE,              // 64: the command line.
  bad_data = EX_DATAERR,         // 65: what a model, table or journal holds.
  no_input = EX_NOINPUT,         // 66: a model, table or config file that is not there, or may not be read.
  unavailable = EX_UNAVAILABLE,  // 69: the cloud peer, or what --check found.
  internal = EX_SOFTWARE,        // 70
  cannot_create = EX_CANTCREAT,  // 73: an output file.
  no_permission = EX_NOPERM,     // 77: tc or cgroups.
  bad_config = EX_CONFIG,        // 78: what the config file says.
  interrupted = 130,             // SIGINT; what was measured so far is kept.
};

}  // namespace tideline
