#include "runtime/app/agent_main.h"

#include "runtime/app/command_line.h"
#include "runtime/app/modes.h"
#include "runtime/app/parts.h"

#include <cstdio>
#include <cstdlib>
#include <variant>

namespace tideline {
namespace {

ExitCode run(const Command& command, int argc, char** argv) {
  if (command.mode != Mode::check) {  // Which lists what is missing among all that it finds.
    const auto there = check_files(command.config, command.mode == Mode::serve ? Tables::read : Tables::not_read);
    if (!there) return fail(there.error(), ExitCode::no_input);
  }
  switch (command.mode) {
    case Mode::zoo:
      return run_zoo(command);
    case Mode::inspect:
      return run_inspect(command);
    case Mode::profile:
      return run_profile(command);
    case Mode::serve:
      return run_serve(command, [argc, argv] { return reread(argc, argv); });
    case Mode::cloud:
      return run_cloud(command);
    case Mode::split:
      return run_split(command);
    case Mode::make_certs:
      return run_make_certs(command);
    case Mode::show:
      return run_show(command);
    case Mode::analyse:
      return run_analyse(command);
    case Mode::replay:
      return run_replay(command);
    case Mode::check:
      break;
  }
  return run_check(command);
}

}  // namespace

int agent_main(int argc, char** argv) {
  const auto asked = read_command_line(argc, argv);
  if (const auto* stop = std::get_if<Stop>(&asked)) {
    std::fputs(stop->text.c_str(), stop->code == ExitCode::ok ? stdout : stderr);
    return static_cast<int>(stop->code);
  }
  return static_cast<int>(run(std::get<Command>(asked), argc, argv));
}

void leave(int code) {
#ifdef NDEBUG
  std::fflush(nullptr);
  std::_Exit(code);
#else
  std::exit(code);  // Where sanitizers report, and gcov writes what it counted.
#endif
}

}  // namespace tideline
