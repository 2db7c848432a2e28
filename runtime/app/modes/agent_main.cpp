#include "runtime/app/modes/agent_main.h"

#include "runtime/app/config/command_line.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/parts.h"
#include "runtime/base/machine.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <variant>

namespace tideline {
namespace {

ExitCode run(const Command& command, int argc, char** argv) {
  if (command.mode != Mode::check) {  // --check itself reports missing files, among its other findings.
    const auto there = check_files(command.config);
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

// Errors that no caller can handle: no memory, no threads, and other exceptions of libraries.
Error without_what(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    return error(ErrorKind::internal,
                 "out of memory; allow this process more (ulimit -v, MemoryMax), or load smaller networks");
  } catch (const std::exception& e) {
    if (!read_small_file("/proc/cpuinfo"))
      return error(ErrorKind::internal, "libtorch does not work without /proc; mount it");
    const std::string_view what = e.what();
    return error(ErrorKind::internal, "cannot continue: {}", what.substr(0, what.find('\n')));
  } catch (...) {
    return error(ErrorKind::internal, "cannot continue: a library threw an unknown exception");
  }
}

// Called for an exception in another thread that nothing catches.
[[noreturn]] void end_of_a_thread() {
  if (const auto thrown = std::current_exception()) {
    fail(without_what(thrown), ExitCode::internal);
    std::_Exit(static_cast<int>(ExitCode::internal));
  }
  std::abort();
}

}  // namespace

int agent_main(int argc, char** argv) {
  const auto asked = read_command_line(argc, argv);
  if (const auto* stop = std::get_if<EarlyExit>(&asked)) {
    std::fputs(stop->text.c_str(), stop->code == ExitCode::ok ? stdout : stderr);
    return static_cast<int>(stop->code);
  }
  std::set_terminate(end_of_a_thread);
  try {
    return static_cast<int>(run(std::get<Command>(asked), argc, argv));
  } catch (...) {
    return static_cast<int>(fail(without_what(std::current_exception()), ExitCode::internal));
  }
}

void leave(int code) {
#ifdef NDEBUG
  std::fflush(nullptr);
  std::_Exit(code);
#else
  std::exit(code);  // Sanitizers report, and gcov writes its counts.
#endif
}

}  // namespace tideline
