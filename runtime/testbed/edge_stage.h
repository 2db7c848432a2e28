// EdgeStage: imposes a profiler's conditions on a real edge: loads this machine, shapes its uplink, has the cloud
// loaded.
//
// It verifies every part: CPU by the workers' CPU time, memory by the kernel's count, the uplink by probes, a delay by
// empty ones, the cloud's load by the cloud's measurement. A remark, with reason and remedy, reports each miss of more
// than a tenth. Other remarks report the CPU left beside a load, and paging. The uplink is compared as goodput: the
// kernel's shaper also counts headers, about 4 %. Belongs to one thread.
//
//   EdgeStage stage({}, &link, sensor);
//   Stress asked;
//   asked.edge_cpu = 0.5;
//   const Result<ImposedLoad> imposed = stage.impose(asked);
#pragma once

#include "profiler/journal/subject.h"
#include "runtime/testbed/machine_load.h"
#include "runtime/testbed/shaper.h"
#include "runtime/testbed/uplink_check.h"

#include <memory>
#include <optional>
#include <string>

namespace tideline::testbed {

class EdgeStage final : public journal::Stage {
 public:
  struct Options {
    std::optional<std::string> interface;  // Shaped with tc; without one, this process shapes the link.
    MachineLoad::Options load;
    RoundTrips round_trips;                               // If empty, delays are not verified; a remark says so.
    Duration uplink_patience = std::chrono::seconds(10);  // For verifying the uplink.
    Duration cloud_patience = std::chrono::seconds(150);  // For the cloud to reach its load.
  };

  // `link` may be null (no peer: only this machine can be loaded) and must outlive the stage. `sensor` may be empty:
  // then the uplink is not verified, and a remark says so.
  EdgeStage(Options options, link::Link* link, UplinkSensor sensor);
  ~EdgeStage() override;

  // On error, nothing is imposed.
  Result<journal::ImposedLoad> impose(const plan::Stress& asked) override;

 private:
  Result<journal::ImposedLoad> replace(const plan::Stress& asked);
  Result<void> shape(const plan::Stress& asked, journal::ImposedLoad& imposed);
  void learn_round_trip();
  void verify_delay(Duration asked, journal::ImposedLoad& imposed) const;
  Result<void> make_shaper();
  void verify_uplink(BitsPerSecond asked, journal::ImposedLoad& imposed) const;
  std::string why_too_fast() const;
  Result<void> load_edge(const plan::Stress& asked, journal::ImposedLoad& imposed);
  Result<void> load_cloud(const plan::Stress& asked, journal::ImposedLoad& imposed);
  void lift();

  const Options options_;
  link::Link* const link_;
  const UplinkSensor sensor_;
  MachineLoad load_;
  std::unique_ptr<Shaper> shaper_;  // Created at first use.
  bool cloud_loaded_ = false;
  bool shaped_ = false;                 // A rate or delay is imposed.
  std::optional<Duration> round_trip_;  // Of the path without a delay.
};

}  // namespace tideline::testbed
