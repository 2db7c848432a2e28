#include "runtime/monitor/monitor.h"

#include <utility>

namespace tideline::monitor {

Monitor::Monitor(Options options, std::string model, Traffic& traffic, link::Link* link)
    : alone_(true),
      around_(std::make_shared<SharedSensors>(std::move(options), link)),
      model_(std::move(model)),
      traffic_(traffic),
      link_(link) {}

Monitor::Monitor(std::string model, Traffic& traffic, link::Link* link, std::shared_ptr<SharedSensors> around)
    : alone_(false), around_(std::move(around)), model_(std::move(model)), traffic_(traffic), link_(link) {}

estimate::Telemetry::Reading Monitor::read(TimePoint now) {
  if (alone_) around_->forget();
  const plan::Conditions& machine = around_->machine(now);
  traffic_.on_throttled(machine.edge_throttled);
  estimate::Telemetry::Reading seen = traffic_.read(now, machine);
  seen.now.peer_up = peer_up(now);
  if (seen.now.peer_up.value_or(false)) seen.now.cloud_slots = around_->slots(model_, expected_, now);
  return seen;
}

std::optional<bool> Monitor::peer_up(TimePoint now) const {
  if (!link_) return std::nullopt;
  return around_->serves(model_, expected_, now);
}

void Monitor::probe(Bytes size, TimePoint now) {
  if (!link_) return;
  traffic_.on_sent(size, now);
  link_->probe(size);
}

}  // namespace tideline::monitor
