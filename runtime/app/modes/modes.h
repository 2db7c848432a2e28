// The modes of the agent. Each makes its own world, runs it, takes it down, and says how it went.
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

// `reread` gives the settings anew when SIGHUP asks for them.
ExitCode run_serve(const Command& command, const std::function<Result<Config>()>& reread);

}  // namespace tideline
