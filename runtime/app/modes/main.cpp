// agent: the program of edge and cloud. See README.md for its modes.
#include "runtime/app/modes/agent_main.h"

int main(int argc, char** argv) {
  tideline::modes::leave(tideline::modes::agent_main(argc, argv));
}
