// What main() does: reads the command line, runs the mode that it asks for, and returns the exit code.
#pragma once

namespace tideline {

// Results go to stdout, all else to stderr. REQUIRES: called once in a process, and argv stays, for SIGHUP reads it
// again.
int agent_main(int argc, char** argv);

}  // namespace tideline
