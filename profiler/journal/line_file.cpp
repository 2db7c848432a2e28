#include "profiler/journal/line_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tideline::journal {
namespace {

constexpr off_t kLongestFile = off_t{1} << 30;

Error failed(std::string_view what) {
  return error(ErrorKind::internal, "cannot {}: {}", what, std::strerror(errno));
}

// A file that cannot be opened is the caller's fault (invalid); other errors are the machine's.
Error not_opened() {
  Error e = failed("open it");
  if (errno == ENOENT || errno == EACCES || errno == EISDIR || errno == ENOTDIR) e.kind = ErrorKind::invalid;
  return e;
}

Result<void> lock(int fd) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return failed("lock it");
  return error(ErrorKind::invalid, "another process is measuring into it; wait for it or name another file");
}

}  // namespace

Result<LineFile> LineFile::create(const std::filesystem::path& file) {
  LineFile created(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644));
  if (created.fd_ < 0 && errno == EEXIST)
    return error(ErrorKind::invalid, "exists already; resume it or name a new file");
  if (created.fd_ < 0) return not_opened();
  if (auto ok = lock(created.fd_); !ok) return ok.error();
  return created;
}

Result<LineFile> LineFile::open(const std::filesystem::path& file) {
  // Non-blocking, so that a pipe is refused below instead of waited for.
  LineFile opened(::open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK));
  if (opened.fd_ < 0) return not_opened();
  if (auto ok = lock(opened.fd_); !ok) return ok.error();
  return opened;
}

Result<std::string> LineFile::read(const std::filesystem::path& file) {
  const LineFile opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.fd_ < 0) return not_opened();
  return opened.text();
}

LineFile::LineFile(LineFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LineFile& LineFile::operator=(LineFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

LineFile::~LineFile() {
  if (fd_ < 0) return;
  ::fdatasync(fd_);
  ::close(fd_);
}

Result<std::string> LineFile::text() const {
  struct stat status{};
  if (::fstat(fd_, &status) != 0) return failed("read it");
  if (!S_ISREG(status.st_mode))
    return error(ErrorKind::invalid, "is not a regular file; name a journal of measurements");
  if (status.st_size > kLongestFile)
    return error(ErrorKind::invalid, "{} bytes are more than the limit of {} for a journal", status.st_size,
                 kLongestFile);
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t got = ::pread(fd_, text.data() + have, text.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read it");
    if (got == 0) break;  // The file was truncated meanwhile.
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

Result<void> LineFile::cut_to(std::size_t size) {
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return failed("cut off its last line");
  return {};
}

Result<void> LineFile::append(std::string_view line) {
  if (fd_ < 0) return error(ErrorKind::invalid, "the file is open for reading only; resume it to append");
  ssize_t put = -1;
  do put = ::write(fd_, line.data(), line.size());
  while (put < 0 && errno == EINTR);
  if (put == static_cast<ssize_t>(line.size())) return {};
  if (put < 0) return failed("write a line");
  // Removes the part of the line that a full disk took, so that the next line starts at the same place.
  struct stat status{};
  if (::fstat(fd_, &status) != 0 || ::ftruncate(fd_, status.st_size - put) != 0) return failed("remove half a line");
  return error(ErrorKind::internal, "cannot write a line: the disk is full; make room and resume");
}

Result<void> LineFile::sync() {
  if (::fdatasync(fd_) != 0) return failed("write to the disk");
  return {};
}

}  // namespace tideline::journal
