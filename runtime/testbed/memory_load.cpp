#include "runtime/testbed/memory_load.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace tideline::testbed {
namespace {

constexpr Bytes kPiece = 64_MiB;
constexpr std::size_t kPage = 4096;  // The smallest page size of any kernel.

// Runs after fork: async-signal-safe. Each word is a number of bytes to take; answers with the same word, or with zero.
void run_holder(int line) {
  if (const int score = ::open("/proc/self/oom_score_adj", O_WRONLY); score >= 0) {
    (void)!::write(score, "1000", 4);
    ::close(score);
  }
  for (std::uint64_t size = 0; worker_hears(line, size);) {
    void* piece = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (piece == MAP_FAILED) {
      size = 0;
    } else {
      auto* bytes = static_cast<volatile unsigned char*>(piece);
      for (std::size_t at = 0; at < size; at += kPage) bytes[at] = 1;
    }
    if (!worker_says(line, size)) return;
  }
}

}  // namespace

Bytes memory_reserve(const MemoryRoom& room) {
  return std::max(Bytes{room.total.count / 10}, Bytes{256_MiB});
}

Result<Bytes> memory_to_take(double share, const MemoryRoom& room) {
  const auto reserve = memory_reserve(room);
  if (room.available <= reserve)
    return error(
        ErrorKind::invalid,
        "memory load: {} are available and {} are always left, so nothing can be taken; free some, or ask for 0 %",
        to_string(room.available), to_string(reserve));
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(room.available.count));
  return Bytes{std::min(wanted, room.available.count - reserve.count)};
}

Result<std::unique_ptr<MemoryLoad>> MemoryLoad::start(double share, const MachineRoots& roots, bool grouped,
                                                      TimePoint deadline) {
  const auto room = memory_room(roots);
  if (!room)
    return error(ErrorKind::invalid, "memory load: cannot read the free memory from {}/meminfo", roots.proc.string());
  const auto target = memory_to_take(share, *room);
  if (!target) return target.error();
  auto crew = LoadWorkers::start(CgroupController::memory, 1, run_holder, grouped);
  if (!crew) return crew.error().within("memory load");
  std::unique_ptr<MemoryLoad> load(new MemoryLoad(*room, std::move(*crew)));
  load->bound(*target);
  if (static_cast<double>(target->count) + 1 < share * static_cast<double>(room->available.count))
    load->remarks_.push_back(fmt::format("memory load: {} are always left", to_string(memory_reserve(*room))));
  load->inherited_ = load->status("RssAnon:");
  if (auto grown = load->grow(*target, roots, deadline); !grown) return grown.error().within("memory load");
  return load;
}

void MemoryLoad::bound(Bytes target) {
  if (!crew_->why_no_group().empty())
    remarks_.push_back("memory load: no control group of its own: " + crew_->why_no_group());
  if (!crew_->group()) return;
  // An upper limit: the target, plus room for the kernel's page tables and this process's copied pages.
  const Bytes lid{target.count + target.count / 64 + (64_MiB).count};
  if (auto limited = crew_->group()->limit_memory(lid); !limited) remarks_.push_back(limited.error().message);
}

Result<void> MemoryLoad::grow(Bytes target, const MachineRoots& roots, TimePoint deadline) {
  Worker& worker = *crew_->workers().front();
  for (Bytes taken; taken < target;) {
    const Bytes piece{std::min(kPiece.count, target.count - taken.count)};
    const auto room = memory_room(roots);
    if (!room || room->available.count < memory_reserve(*room).count + piece.count) {
      remarks_.push_back(fmt::format("memory load: stopped at {} of {}: other processes took memory meanwhile",
                                     to_string(taken), to_string(target)));
      return {};
    }
    if (auto asked = worker.say(piece.count); !asked) return Error{ErrorKind::invalid, asked.error().message};
    const auto answer = worker.hear(deadline);
    if (!answer)
      return error(ErrorKind::invalid, "{} when it held {} of {}; ask for less", answer.error().message,
                   to_string(taken), to_string(target));
    if (*answer != piece.count)
      return error(ErrorKind::invalid, "the kernel gave only {} of {}; raise the limit of address space (ulimit -v)",
                   to_string(taken), to_string(target));
    taken.count += piece.count;
  }
  return {};
}

Bytes MemoryLoad::status(std::string_view key) const {
  const auto path = fmt::format("/proc/{}/status", crew_->workers().front()->pid());
  const auto text = read_small_file(path);
  const auto kib = text ? number_after(*text, key) : std::nullopt;
  return Bytes{kib.value_or(0) << 10};
}

Bytes MemoryLoad::held() const {
  const auto resident = status("RssAnon:");
  return Bytes{resident.count - std::min(inherited_.count, resident.count)};
}

Bytes MemoryLoad::swapped() const {
  return status("VmSwap:");
}

double MemoryLoad::measure() const {
  return static_cast<double>(held().count) / static_cast<double>(before_.available.count);
}

}  // namespace tideline::testbed
