// Shell commands run by a test to their end.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace tideline::http {

struct ShellRan {
  int status = -1;
  std::string out;
};

inline ShellRan shell(const std::string& command) {
  ShellRan ran;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return ran;
  std::array<char, 4096> chunk{};
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), pipe)) ran.out.append(chunk.data(), size);
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

inline bool installed(const std::string& program) {
  return shell("command -v " + program + " 2>/dev/null").status == 0;
}

}  // namespace tideline::http
