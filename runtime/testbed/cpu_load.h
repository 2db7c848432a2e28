// CpuLoad: worker processes that use a share of the CPU available to this process, while the object lives.
//
// One worker per core. Each works and sleeps in random slices of 5 to 15 ms. It counts its own CPU time, so it reaches
// its share even if it has to wait for a core. A share of 1 never sleeps. Belongs to one thread.
#pragma once

#include "runtime/base/cpu_room.h"
#include "runtime/testbed/load_workers.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline::testbed {

class CpuLoad {
 public:
  // REQUIRES: 0 < share <= 1. Returns invalid if the number of cores is unreadable or no process can be started.
  static Result<std::unique_ptr<CpuLoad>> start(double share, const MachineRoots& roots, bool grouped);

  // Measures the workers for `window` and returns the share of `room` that they used, by their CPU time. Blocks.
  double measure(Duration window) const;

  // Runs one thread per core for `window`, as a program measured under this load may. Returns the share of `room` that
  // these threads got beside the load. Blocks.
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

}  // namespace tideline::testbed
