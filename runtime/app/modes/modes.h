// Modes: the functions behind --serve, --cloud, --profile and so on: each runs one mode and returns its exit code.
#pragma once

#include "runtime/app/config/command_line.h"
#include "runtime/app/config/exit_code.h"

#include <functional>

namespace tideline::modes {

config::ExitCode run_zoo(const config::Command& command);
config::ExitCode run_inspect(const config::Command& command);
config::ExitCode run_profile(const config::Command& command);
config::ExitCode run_check(const config::Command& command);
config::ExitCode run_analyse(const config::Command& command);
config::ExitCode run_split(const config::Command& command);
config::ExitCode run_make_certs(const config::Command& command);
config::ExitCode run_show(const config::Command& command);
config::ExitCode run_replay(const config::Command& command);
config::ExitCode run_manual(const config::Command& command);

// Reads the settings again; called on SIGHUP.
using Reread = std::function<Result<config::Config>()>;
config::ExitCode run_serve(const config::Command& command, const Reread& reread);
config::ExitCode run_cloud(const config::Command& command, const Reread& reread);

}  // namespace tideline::modes
