#include "runtime/app/config/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tideline::config {
namespace {

Error system_error(std::string_view doing, const std::filesystem::path& file) {
  return error(ErrorKind::invalid, "cannot {} {}: {}", doing, file.string(), std::strerror(errno));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

bool readable(const std::filesystem::path& file) {
  return ::access(file.c_str(), R_OK) == 0;
}

Result<void> write_atomically(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path fresh = file.string() + ".new";
  const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return system_error("write", fresh);
  const bool written = write_all(descriptor, text);
  ::close(descriptor);
  if (!written || ::rename(fresh.c_str(), file.c_str()) != 0) return system_error("write", file);
  return {};
}

}  // namespace tideline::config
