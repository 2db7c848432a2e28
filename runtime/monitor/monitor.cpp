#include "runtime/monitor/monitor.h"

#include <utility>

namespace tideline {

Monitor::Monitor(Options options, std::string model, Traffic& traffic, Link* link)
    : alone_(true),
      around_(std::make_shared<Surroundings>(std::move(options), link)),
      model_(std::move(model)),
      traffic_(traffic),
      link_(link) {}

Monitor::Monitor(std::string model, Traffic& traffic, Link* link, std::shared_ptr<Surroundings> around)
    : alone_(false), around_(std::move(around)), model_(std::move(model)), traffic_(traffic), link_(link) {}

Conditions Monitor::sample(TimePoint now) {
  if (alone_) around_->forget();
  const auto told = traffic_.read(now);
  Conditions seen = around_->machine(now);
  seen.uplink = told.uplink;
  seen.uplink_usual = told.uplink_usual;
  seen.uplink_sd = told.uplink_sd;
  seen.rtt = told.rtt;
  seen.uplink_window = told.window;
  seen.uplink_stalled = told.stalled;
  seen.edge_slowdown = told.edge_slowdown;
  seen.cloud_slowdown = told.cloud_slowdown;
  seen.cloud_queue = told.cloud_queue;
  seen.edge_waited = told.edge_waited;
  seen.peer_up = peer_up(now);
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

}  // namespace tideline
