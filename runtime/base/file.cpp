#include "runtime/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tideline {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

Error not_read(const std::filesystem::path& file) {
  return error(ErrorKind::invalid, "cannot read {}: {}", file.string(), std::strerror(errno));
}

Error too_long(const std::filesystem::path& file, Bytes most) {
  return error(ErrorKind::invalid, "{} is longer than {}; name another file", file.string(), to_string(most));
}

// Opens without blocking: a pipe without a writer is refused instead of waited for.
Result<Descriptor> open_regular(const std::filesystem::path& file, Bytes most, std::size_t& size) {
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status{};
  if (opened.fd() < 0 || ::fstat(opened.fd(), &status) != 0) return not_read(file);
  if (!S_ISREG(status.st_mode))
    return error(ErrorKind::invalid, "{} is {}, not a regular file; name a regular file", file.string(),
                 S_ISDIR(status.st_mode) ? "a folder" : "a pipe, socket or device");
  if (static_cast<std::uint64_t>(status.st_size) > most.count) return too_long(file, most);
  size = static_cast<std::size_t>(status.st_size);
  return opened;
}

}  // namespace

Result<void> check_regular(const std::filesystem::path& file, Bytes most) {
  std::size_t size = 0;
  const auto opened = open_regular(file, most, size);
  return opened ? Result<void>() : opened.error();
}

// Reads to the end: a file may grow meanwhile, and files of the kernel report a size of zero.
Result<std::string> read_regular(const std::filesystem::path& file, Bytes most) {
  constexpr std::size_t kStep = std::size_t{64} << 10;
  std::size_t size = 0;
  const auto opened = open_regular(file, most, size);
  if (!opened) return opened.error();
  std::string text;
  for (std::size_t have = 0;;) {
    text.resize(have < size ? size + 1 : have + kStep);
    const ssize_t got = ::read(opened->fd(), text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return not_read(file);
    have += static_cast<std::size_t>(got);
    if (have > most.count) return too_long(file, most);
    if (got > 0) continue;
    text.resize(have);
    return text;
  }
}

}  // namespace tideline
