// CpuLoad: processes that use a share of the CPU that this process may use, for as long as the object lives.
//
// One worker per core; each works and sleeps in slices of 5 to 15 ms, at random, and counts its own CPU time, so that
// it reaches its share also when it has to wait for a core. A share of 1 never sleeps. Belongs to one thread.
#pragma once

#include "runtime/base/machine.h"
#include "runtime/testbed/load_workers.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline {

class CpuLoad {
 public:
  // REQUIRES: 0 < share <= 1. Returns invalid when the machine does not tell its cores or lets us start no process.
  static Result<std::unique_ptr<CpuLoad>> start(double share, const MachineRoots& roots, bool grouped);

  // Watches the workers for `window` and returns the share of `room` that they used, by their CPU time. Blocks.
  double measure(Duration window) const;

  // Runs one thread per core, as what is measured under this load may, for `window`, and returns the share of `room`
  // that they got beside the load. Blocks.
  double left(Duration window) const;

  const CpuRoom& room() const { return room_; }
  const std::vector<std::string>& remarks() const { return remarks_; }
  const LoadWorkers& crew() const { return *crew_; }

 private:
  CpuLoad(CpuRoom room, std::unique_ptr<LoadWorkers> crew) : room_(room), crew_(std::move(crew)) {}
  void bound(double share);
  Duration used() const;
  double share_of_room(Duration spent, Duration passed) const;

  const CpuRoom room_;
  const std::unique_ptr<LoadWorkers> crew_;
  std::vector<std::string> remarks_;
};

}  // namespace tideline
