// LargeBlocks: the large blocks of memory that tensors take, kept from use to use.
//
//   if (std::byte* block = large_blocks().take(size)) {
//     use(block);
//     large_blocks().give_back(block);
//   }
//
// A run of a network takes and frees the same blocks as the run before. In the heap of the C library small blocks
// settle in the gaps between, so that after other work a large block no longer fits where it was. It then takes fresh
// memory, and its first use takes a page fault for each page. These blocks are by themselves, the first free place is
// taken, and so a run finds the places of the run before, whose pages are there.
//
// Unused memory returns to the system only by release(). Thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <unordered_map>

namespace tideline {

class LargeBlocks {
 public:
  static constexpr std::size_t kLeast = std::size_t{64} << 10;
  static constexpr std::size_t kMost = std::size_t{32} << 20;  // Larger ones have a mapping of their own anyway.

  LargeBlocks() = default;
  LargeBlocks(const LargeBlocks&) = delete;
  LargeBlocks& operator=(const LargeBlocks&) = delete;

  // Returns `size` uninitialised bytes at a multiple of 64. Returns null if it keeps no blocks of that size, is paused,
  // or the system has no more memory: then the caller takes its memory elsewhere.
  std::byte* take(std::size_t size);

  // Frees the block that begins there. Returns false, and does nothing, if take() did not return it.
  bool give_back(void* block);

  // Returns the memory of all free places to the system.
  void release();

  // While one lives, take() returns null. For a time in which memory is to return to the system at once.
  class Pause {
   public:
    explicit Pause(LargeBlocks& all);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    LargeBlocks& all_;
  };

 private:
  using Places = std::map<std::byte*, std::size_t>;  // Places and their sizes.

  Places::iterator first_fit(std::size_t size);
  void add_place(std::byte* begin, std::size_t size);  // Joins it with its neighbours.
  bool grow(std::size_t size);

  std::mutex m_;
  Places free_;  // Guarded by m_, like the next two. No two of them touch.
  std::unordered_map<void*, std::size_t> taken_;
  int pauses_ = 0;
};

// Returns those of this process. Never destroyed: tensors are freed until the process ends.
LargeBlocks& large_blocks();

}  // namespace tideline
