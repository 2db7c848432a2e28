#include "runtime/app/modes/agent_main.h"

#include "runtime/app/config/command_line.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/processor.h"
#include "runtime/base/kernel_files.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <variant>

namespace tideline::modes {
namespace {

config::ExitCode run(const config::Command& command, int argc, char** argv) {
  if (command.mode != config::Mode::manual)  // It runs no network.
    if (const auto able = check_processor(); !able) return fail(able.error(), config::ExitCode::internal);
  if (command.mode != config::Mode::check) {  // --check itself reports missing files, among its other findings.
    const auto there = check_files(command.config);
    if (!there) return fail(there.error(), config::ExitCode::no_input);
  }
  switch (command.mode) {
    case config::Mode::zoo:
      return run_zoo(command);
    case config::Mode::inspect:
      return run_inspect(command);
    case config::Mode::profile:
      return run_profile(command);
    case config::Mode::serve:
      return run_serve(command, [argc, argv] { return config::reread(argc, argv); });
    case config::Mode::cloud:
      return run_cloud(command, [argc, argv] { return config::reread(argc, argv); });
    case config::Mode::split:
      return run_split(command);
    case config::Mode::make_certs:
      return run_make_certs(command);
    case config::Mode::show:
      return run_show(command);
    case config::Mode::analyse:
      return run_analyse(command);
    case config::Mode::replay:
      return run_replay(command);
    case config::Mode::manual:
      return run_manual(command);
    case config::Mode::check:
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
    if (what.find("cpuinfo") != what.npos && !read_small_file("/sys/devices/system/cpu/possible"))
      return error(ErrorKind::internal, "libtorch does not work without /sys; mount it");
    return error(ErrorKind::internal, "cannot continue: {}", what.substr(0, what.find('\n')));
  } catch (...) {
    return error(ErrorKind::internal, "cannot continue: a library threw an unknown exception");
  }
}

// Called for an exception in another thread that nothing catches.
[[noreturn]] void end_of_a_thread() {
  if (const auto thrown = std::current_exception()) {
    fail(without_what(thrown), config::ExitCode::internal);
    std::_Exit(static_cast<int>(config::ExitCode::internal));
  }
  std::abort();
}

}  // namespace

int agent_main(int argc, char** argv) {
  const auto asked = config::read_command_line(argc, argv);
  if (const auto* stop = std::get_if<config::EarlyExit>(&asked)) {
    std::fputs(stop->text.c_str(), stop->code == config::ExitCode::ok ? stdout : stderr);
    return static_cast<int>(stop->code);
  }
  std::set_terminate(end_of_a_thread);
  explain_illegal_instructions();
  try {
    return static_cast<int>(run(std::get<config::Command>(asked), argc, argv));
  } catch (...) {
    return static_cast<int>(fail(without_what(std::current_exception()), config::ExitCode::internal));
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

}  // namespace tideline::modes
