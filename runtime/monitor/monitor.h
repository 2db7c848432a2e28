// Monitor: reads every sensor of the machine and of the link at once.
//
// sample() never blocks: it reads small kernel files and what traffic has already told. A sensor that fails leaves its
// field absent and does not disturb the others. Shares and counts are of the time since the sample before. Belongs to
// one thread (the agent's).
#pragma once

#include "policy/plan/conditions.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"
#include "runtime/monitor/shared_sensors.h"
#include "runtime/monitor/traffic.h"

#include <memory>
#include <optional>
#include <string>

namespace tideline {

class Monitor {
 public:
  using Options = SharedSensors::Options;

  // `link` may be null (no peer) and, like `traffic`, must outlive the monitor. `model` is the digest that the peer
  // must hold.
  Monitor(Options options, std::string model, Traffic& traffic, Link* link);
  // The same beside other monitors, which share what they see alike. `around` has the same link.
  Monitor(std::string model, Traffic& traffic, Link* link, std::shared_ptr<SharedSensors> around);

  // From now on a peer counts as up only if it computes in that precision, too; with nothing, in whichever.
  void expect(std::optional<Precision> precision) { expected_ = precision; }

  // Returns what machine, link and requests tell now.
  Telemetry::Reading read(TimePoint now);
  Conditions sample(TimePoint now) { return read(now).now; }

  // Returns nothing where there is no link, else whether a peer is up as Conditions::peer_up means it.
  std::optional<bool> peer_up(TimePoint now) const;

  // Sends so many bytes to the cloud, to be stamped and dropped, so that the next samples know the uplink. Without a
  // link nothing happens.
  void probe(Bytes size, TimePoint now);

 private:
  const bool alone_;  // Nobody else looks at the surroundings.
  const std::shared_ptr<SharedSensors> around_;
  const std::string model_;
  Traffic& traffic_;
  Link* const link_;
  std::optional<Precision> expected_;
};

}  // namespace tideline
