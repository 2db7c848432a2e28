// agent: the program of edge and cloud. See README.md for its modes.
#include "runtime/app/modes/agent_main.h"

int main(int argc, char** argv) {
  tideline::leave(tideline::agent_main(argc, argv));
}
