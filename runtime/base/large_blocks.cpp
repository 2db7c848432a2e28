#include "runtime/base/large_blocks.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace tideline {
namespace {

constexpr std::size_t kAligned = 64;
constexpr std::size_t kMapping = std::size_t{32} << 20;  // The least that is asked of the system at once.

// A sanitizer sees an access beyond a block only if the block has a place of its own.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

// One line of the cache more, so that blocks of whole pages do not all begin at the same lines.
std::size_t place_for(std::size_t size) {
  return (size + kAligned - 1) / kAligned * kAligned + kAligned;
}

// 4 KiB, but 16 or 64 KiB on some arm64 machines.
std::size_t page() {
  static const auto kPage = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return kPage;
}

std::size_t in_pages(std::size_t size) {
  return (size + page() - 1) / page() * page();
}

}  // namespace

LargeBlocks::Pause::Pause(LargeBlocks& all) : all_(all) {
  const std::lock_guard lock(all_.m_);
  ++all_.pauses_;
}

LargeBlocks::Pause::~Pause() {
  const std::lock_guard lock(all_.m_);
  --all_.pauses_;
}

std::byte* LargeBlocks::take(std::size_t size) {
  if (!kKeeps || size < kLeast || size > kMost) return nullptr;
  const std::size_t place = place_for(size);
  const std::lock_guard lock(m_);
  if (pauses_ > 0) return nullptr;
  auto found = first_fit(place);
  if (found == free_.end()) {
    if (!grow(place)) return nullptr;
    found = first_fit(place);
  }
  const auto [begin, room] = *found;
  free_.erase(found);
  if (room > place) free_.emplace(begin + place, room - place);
  taken_.emplace(begin, place);
  return begin;
}

bool LargeBlocks::give_back(void* block) {
  const std::lock_guard lock(m_);
  const auto found = taken_.find(block);
  if (found == taken_.end()) return false;
  add_place(static_cast<std::byte*>(block), found->second);
  taken_.erase(found);
  return true;
}

void LargeBlocks::release() {
  const std::lock_guard lock(m_);
  for (const auto& [begin, size] : free_) {
    const auto from = in_pages(reinterpret_cast<std::uintptr_t>(begin));
    const auto to = (reinterpret_cast<std::uintptr_t>(begin) + size) / page() * page();
    if (to > from) (void)::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
  }
}

LargeBlocks::Places::iterator LargeBlocks::first_fit(std::size_t size) {
  return std::ranges::find_if(free_, [size](const auto& place) { return place.second >= size; });
}

void LargeBlocks::add_place(std::byte* begin, std::size_t size) {
  const auto at = free_.emplace(begin, size).first;
  if (const auto next = std::next(at); next != free_.end() && begin + size == next->first) {
    at->second += next->second;
    free_.erase(next);
  }
  if (at == free_.begin()) return;
  const auto before = std::prev(at);
  if (before->first + before->second != begin) return;
  before->second += at->second;
  free_.erase(at);
}

// Adds a mapping with room for such a place. Its pages take no memory until they are used.
bool LargeBlocks::grow(std::size_t size) {
  const std::size_t mapped = std::max(kMapping, in_pages(size));
  void* const memory = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  (void)::madvise(memory, mapped, MADV_HUGEPAGE);
  add_place(static_cast<std::byte*>(memory), mapped);
  return true;
}

LargeBlocks& large_blocks() {
  static auto* const kBlocks = new LargeBlocks;
  return *kBlocks;
}

}  // namespace tideline
