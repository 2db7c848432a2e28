// MemoryLoad: a process that holds a share of the available memory, while the object lives.
//
// It grows piece by piece, checks the available memory before each, and always leaves a reserve, so that the machine
// keeps working. The kernel ends it first if memory runs out. Belongs to one thread.
#pragma once

#include "runtime/base/memory_room.h"
#include "runtime/testbed/load_workers.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline::testbed {

// The reserve that is never taken: a tenth of all memory, and at least 256 MiB.
Bytes memory_reserve(const MemoryRoom& room);

// Returns how much a load of `share` takes of `room`. Returns invalid if the reserve leaves nothing to take.
Result<Bytes> memory_to_take(double share, const MemoryRoom& room);

class MemoryLoad {
 public:
  // Returns once all of it is held. Returns invalid if no memory can be taken, if the process ended, or if `deadline`
  // passes first. REQUIRES: 0 < share <= 1.
  static Result<std::unique_ptr<MemoryLoad>> start(double share, const MachineRoots& roots, bool grouped,
                                                   TimePoint deadline);

  // The memory that its process holds now, by the kernel's count, divided by the memory available before.
  double measure() const;
  Bytes held() const;
  Bytes swapped() const;

  const std::vector<std::string>& remarks() const { return remarks_; }
  const LoadWorkers& crew() const { return *crew_; }

 private:
  MemoryLoad(MemoryRoom before, std::unique_ptr<LoadWorkers> crew) : before_(before), crew_(std::move(crew)) {}
  void bound(Bytes target);
  Result<void> grow(Bytes target, const MachineRoots& roots, TimePoint deadline);
  Bytes status(std::string_view key) const;

  const MemoryRoom before_;
  const std::unique_ptr<LoadWorkers> crew_;
  Bytes inherited_;  // Copied pages of this process; no part of the load.
  std::vector<std::string> remarks_;
};

}  // namespace tideline::testbed
