// What main() does: reads the command line, runs the mode that it asks for, and returns the exit code.
#pragma once

namespace tideline {

// Results go to stdout, all else to stderr. REQUIRES: called once in a process, and argv stays, for SIGHUP reads it
// again.
int agent_main(int argc, char** argv);

// Ends the process with what was printed, but without destroying static objects: libtorch takes about as long to take
// back all that it registered as it took to register it. Builds with assertions do it all the same, for leaks to be
// seen.
[[noreturn]] void leave(int code);

}  // namespace tideline
