// agent_main: the body of main(): reads the command line, runs the chosen mode, and returns the exit code.
#pragma once

namespace tideline::modes {

// Prints results to stdout, all else to stderr. REQUIRES: called once per process; argv outlives the call, because
// SIGHUP reads it again.
int agent_main(int argc, char** argv);

// Flushes the output and ends the process without destroying static objects, because libtorch takes as long to
// unregister its operators as it took to register them. Builds with assertions destroy them, so that leaks are found.
[[noreturn]] void leave(int code);

}  // namespace tideline::modes
