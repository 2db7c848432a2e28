#include "runtime/base/memory_room.h"

#include "runtime/base/own_group.h"

#include <algorithm>

namespace tideline {
namespace {

constexpr std::uint64_t kSaneKib = 1ull << 50;  // A larger count of KiB is garbage and would overflow.

struct GroupMemory {
  std::uint64_t limit;
  std::uint64_t available;
};

std::optional<GroupMemory> group_memory(const std::filesystem::path& group, OwnGroup::Version version) {
  const bool v1 = version == OwnGroup::Version::v1;
  const auto limit = number_in_file(group / (v1 ? "memory.limit_in_bytes" : "memory.max"));
  const auto used = number_in_file(group / (v1 ? "memory.usage_in_bytes" : "memory.current"));
  if (!limit || !used || *limit == 0) return std::nullopt;
  // Cached file pages count as used, but the kernel drops them before it kills a process.
  const auto stat = read_small_file(group / "memory.stat").value_or("");
  const auto cache = number_after(stat, v1 ? "total_inactive_file" : "inactive_file").value_or(0);
  const auto held = *used - std::min(cache, *used);
  return GroupMemory{*limit, *limit - std::min(held, *limit)};
}

}  // namespace

std::optional<MemoryRoom> memory_room(const MachineRoots& roots) {
  const auto meminfo = read_small_file(roots.proc / "meminfo");
  if (!meminfo) return std::nullopt;
  const auto total = number_after(*meminfo, "MemTotal:");
  const auto available = number_after(*meminfo, "MemAvailable:");
  if (!total || !available || *total == 0 || *total > kSaneKib) return std::nullopt;
  MemoryRoom room{{*total << 10}, {std::min(*available, *total) << 10}, 0};
  room.share = static_cast<double>(room.available.count) / static_cast<double>(room.total.count);
  const auto own = own_group(roots, "memory");
  if (!own) return room;
  for (const auto& directory : own->inwards_out()) {
    const auto group = group_memory(directory, own->version);
    if (!group || group->limit >= *total << 10) continue;  // "Unlimited": beyond the machine.
    room.total = std::min(room.total, Bytes{group->limit});
    room.available = std::min(room.available, Bytes{group->available});
    room.share = std::min(room.share, static_cast<double>(group->available) / static_cast<double>(group->limit));
  }
  return room;
}

}  // namespace tideline
