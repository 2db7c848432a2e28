#include "tests/support/child.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <thread>

namespace tideline {
namespace {

constexpr Duration kPoll = std::chrono::milliseconds(5);

std::string contents(int file) {
  struct stat state{};
  fstat(file, &state);
  std::string text(static_cast<std::size_t>(state.st_size), '\0');
  const ssize_t got = pread(file, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

// The arguments in the form of main(); valid as long as `arguments` lives.
std::vector<char*> pointers(std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return argv;
}

std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

const std::ptrdiff_t kThreadsOfLibraries = threads();

// An exception of `main` ends the child process, not the test.
[[noreturn]] void leave(Child::Main main, std::vector<std::string>& arguments) noexcept {
  std::exit(main(static_cast<int>(arguments.size()), pointers(arguments).data()));
}

}  // namespace

Child::Child(std::vector<std::string> arguments, Environment environment)
    : owner_(getpid()), out_(memfd_create("out", MFD_CLOEXEC)), err_(memfd_create("err", MFD_CLOEXEC)) {
  std::vector<char*> argv = pointers(arguments);
  pid_ = fork();
  if (pid_ != 0) return;
  begin();
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  execv(argv[0], argv.data());
  _exit(127);
}

Child::Child(Main main, std::vector<std::string> arguments)
    : owner_(getpid()), out_(memfd_create("out", MFD_CLOEXEC)), err_(memfd_create("err", MFD_CLOEXEC)) {
  std::fflush(nullptr);  // Otherwise the child would print it again.
  pid_ = fork();
  if (pid_ != 0) return;
  begin();
  close_range(STDERR_FILENO + 1, ~0U, 0);  // As execve() does.
  leave(main, arguments);
}

void Child::begin() const {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(out_, STDOUT_FILENO);
  dup2(err_, STDERR_FILENO);
}

Child::~Child() {
  if (getpid() != owner_) return;
  if (!code_ && pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

void Child::signal(int number) const {
  if (!code_) kill(pid_, number);
}

bool Child::ended(int flags) {
  if (code_) return true;
  int status = 0;
  if (waitpid(pid_, &status, flags) != pid_) return false;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

std::optional<int> Child::wait(Duration patience) {
  for (const TimePoint until = Clock::now() + patience; !ended(WNOHANG) && Clock::now() < until;)
    std::this_thread::sleep_for(kPoll);
  return code_;
}

bool Child::says(std::string_view text, Duration patience) {
  for (const TimePoint until = Clock::now() + patience; Clock::now() < until; std::this_thread::sleep_for(kPoll)) {
    const bool over = ended(WNOHANG);
    if (err().find(text) != std::string::npos) return true;
    if (over) return false;
  }
  return false;
}

std::string Child::out() const {
  return contents(out_);
}
std::string Child::err() const {
  return contents(err_);
}

bool is_alone() {
  return threads() <= kThreadsOfLibraries;
}

Ran ran(Child& child) {
  const auto code = child.wait(std::chrono::minutes(10));
  return {code.value_or(-1), child.out(), child.err()};
}

Ran run(std::vector<std::string> arguments, Child::Environment environment) {
  Child child(std::move(arguments), std::move(environment));
  return ran(child);
}

}  // namespace tideline
