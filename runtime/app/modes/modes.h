// Modes: the functions behind --serve, --cloud, --profile and so on: each runs one mode and returns its exit code.
#pragma once

#include "runtime/app/config/command_line.h"
#include "runtime/app/config/exit_code.h"

#include <functional>

namespace tideline {

ExitCode run_zoo(const Command& command);
ExitCode run_inspect(const Command& command);
ExitCode run_profile(const Command& command);
ExitCode run_cloud(const Command& command);
ExitCode run_check(const Command& command);
ExitCode run_analyse(const Command& command);
ExitCode run_split(const Command& command);
ExitCode run_make_certs(const Command& command);
ExitCode run_show(const Command& command);
ExitCode run_replay(const Command& command);

// `reread` reads the settings again; called on SIGHUP.
ExitCode run_serve(const Command& command, const std::function<Result<Config>()>& reread);

}  // namespace tideline
