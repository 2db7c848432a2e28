// EdgeStage: the Stage of a real edge: loads this machine, shapes its uplink, and asks the cloud to load its own.
//
// Every part is verified: CPU by the workers' CPU time, memory by what the kernel counts as held, the uplink by probes,
// a delay by empty ones, the cloud's load by what the cloud measured. What missed by more than a tenth is remarked,
// with the reason and what to do; so is what a CPU load leaves for others, and memory so full that a machine pages. The
// uplink is compared as goodput: the kernel's shaper counts headers too, about 4 %. Belongs to one thread.
#pragma once

#include "profiler/journal/subject.h"
#include "runtime/testbed/machine_load.h"
#include "runtime/testbed/shaper.h"
#include "runtime/testbed/uplink_check.h"

#include <memory>
#include <optional>
#include <string>

namespace tideline {

class EdgeStage final : public Stage {
 public:
  struct Options {
    std::optional<std::string> interface;  // Shaped through tc; without one, the link is shaped in this process.
    MachineLoad::Options load;
    RoundTrips round_trips;                               // Where empty, a delay is not verified, and a remark says so.
    Duration uplink_patience = std::chrono::seconds(10);  // For verifying the uplink.
    Duration cloud_patience = std::chrono::seconds(150);  // For the cloud to reach its load.
  };

  // `link` may be null (no peer: only this machine can be loaded) and must outlive the stage. `sensor` may be empty:
  // the uplink is then not verified, and a remark says so.
  EdgeStage(Options options, Link* link, UplinkSensor sensor);
  ~EdgeStage() override;

  // On error nothing is imposed any more.
  Result<ImposedLoad> impose(const Stress& asked) override;

 private:
  Result<ImposedLoad> replace(const Stress& asked);
  Result<void> shape(const Stress& asked, ImposedLoad& imposed);
  void learn_round_trip();
  void verify_delay(Duration asked, ImposedLoad& imposed) const;
  Result<void> make_shaper();
  void verify_uplink(BitsPerSecond asked, ImposedLoad& imposed) const;
  std::string why_too_fast() const;
  Result<void> load_edge(const Stress& asked, ImposedLoad& imposed);
  Result<void> load_cloud(const Stress& asked, ImposedLoad& imposed);
  void lift();

  const Options options_;
  Link* const link_;
  const UplinkSensor sensor_;
  MachineLoad load_;
  std::unique_ptr<Shaper> shaper_;  // Made when it is first needed.
  bool cloud_loaded_ = false;
  bool shaped_ = false;                 // Something of the way is imposed.
  std::optional<Duration> round_trip_;  // Of the way without a delay.
};

}  // namespace tideline
