// Monitor: reads all sensors of the machine and the link into one set of conditions.
//
// sample() never blocks: it reads small kernel files and the measurements of past traffic. A failed sensor leaves its
// field absent and does not affect the others. Shares and counts cover the time since the previous sample. Belongs to
// one thread (the agent's).
//
//   Traffic traffic(table);
//   TcpLink link(options, &traffic, log);
//   Monitor monitor(Monitor::Options{}, digest, traffic, &link);
//   const Conditions now = monitor.sample(Clock::now());
#pragma once

#include "policy/plan/conditions.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"
#include "runtime/monitor/shared_sensors.h"
#include "runtime/monitor/traffic.h"

#include <memory>
#include <optional>
#include <string>

namespace tideline::monitor {

class Monitor {
 public:
  using Options = SharedSensors::Options;

  // `link` may be null (no peer). `link` and `traffic` must outlive the monitor. `model` is the digest of the model
  // that the peer must hold.
  Monitor(Options options, std::string model, Traffic& traffic, link::Link* link);
  // The same for one of several monitors that share common sensors. `around` has the same link.
  Monitor(std::string model, Traffic& traffic, link::Link* link, std::shared_ptr<SharedSensors> around);

  // From now on, a peer counts as up only if it also computes in that precision (nothing: in any).
  void expect(std::optional<Precision> precision) { expected_ = precision; }

  // Returns the current readings of machine, link and requests.
  estimate::Telemetry::Reading read(TimePoint now);
  plan::Conditions sample(TimePoint now) { return read(now).now; }

  // Returns whether a peer is up (as in Conditions::peer_up); nothing if there is no link.
  std::optional<bool> peer_up(TimePoint now) const;

  // Sends that many bytes to the cloud, which times and drops them, so that the next samples include the uplink. Does
  // nothing without a link.
  void probe(Bytes size, TimePoint now);

 private:
  const bool alone_;  // Does not share its sensors.
  const std::shared_ptr<SharedSensors> around_;
  const std::string model_;
  Traffic& traffic_;
  link::Link* const link_;
  std::optional<Precision> expected_;
};

}  // namespace tideline::monitor
