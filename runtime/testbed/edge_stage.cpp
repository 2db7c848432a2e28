#include "runtime/testbed/edge_stage.h"

#include "runtime/testbed/tc_shaper.h"

#include <algorithm>
#include <cmath>

namespace tideline::testbed {
namespace {

constexpr const char* kTooSlow = "since the path itself carries no more; ask for less, or stop its other traffic";

}  // namespace

EdgeStage::EdgeStage(Options options, link::Link* link, UplinkSensor sensor)
    : options_(std::move(options)), link_(link), sensor_(std::move(sensor)), load_(options_.load) {}

EdgeStage::~EdgeStage() {
  lift();
}

Result<journal::ImposedLoad> EdgeStage::impose(const plan::Stress& asked) {
  auto imposed = replace(asked);
  if (!imposed) lift();
  return imposed;
}

Result<journal::ImposedLoad> EdgeStage::replace(const plan::Stress& asked) {
  journal::ImposedLoad imposed;
  if (auto shaped = shape(asked, imposed); !shaped) return shaped.error().within("uplink");
  if (auto loaded = load_edge(asked, imposed); !loaded) return loaded.error().within("edge");
  if (auto loaded = load_cloud(asked, imposed); !loaded) return loaded.error().within("cloud");
  return imposed;
}

Result<void> EdgeStage::shape(const plan::Stress& asked, journal::ImposedLoad& imposed) {
  if (asked.uplink && !(asked.uplink->value > 0 && std::isfinite(asked.uplink->value)))
    return error(ErrorKind::invalid, "a rate must be more than 0 bit/s, not {}", asked.uplink->value);
  const Shaping way{asked.uplink, asked.delay};
  if (way == Shaping{} && !shaped_) return {};
  if (!shaper_)
    if (auto made = make_shaper(); !made) return made;
  if (way.delay) learn_round_trip();
  if (auto shaped = shaper_->shape(way); !shaped) return shaped;
  shaped_ = way != Shaping{};
  if (options_.round_trips.forget) options_.round_trips.forget();
  if (way.rate) verify_uplink(*way.rate, imposed);
  if (way.delay) verify_delay(*way.delay, imposed);
  return {};
}

// Once, before the first delay, as the reference for all delays.
void EdgeStage::learn_round_trip() {
  if (round_trip_ || !link_ || !options_.round_trips.read) return;
  if (!shaper_->shape({})) return;
  round_trip_ = measure_round_trip(*link_, options_.round_trips, Clock::now() + options_.uplink_patience);
}

void EdgeStage::verify_delay(Duration asked, journal::ImposedLoad& imposed) const {
  imposed.achieved.delay = asked;
  const auto now = round_trip_
                       ? measure_round_trip(*link_, options_.round_trips, Clock::now() + options_.uplink_patience)
                       : std::nullopt;
  if (!now) {
    imposed.remarks.emplace_back("delay: not verified, since no probe was answered");
    return;
  }
  // Never zero: the field is set iff a delay was requested.
  const Duration reached = std::max(*now - *round_trip_, Duration{1});
  imposed.achieved.delay = reached;
  if (std::chrono::abs(reached - asked) > asked / 10)
    imposed.remarks.push_back(
        fmt::format("delay: asked for {}, reached {} over the {} of the path itself; ask for more than "
                    "the path varies by, or stop its other traffic",
                    to_string(asked), to_string(reached), to_string(*round_trip_)));
}

Result<void> EdgeStage::make_shaper() {
  if (options_.interface) {
    auto shaper = TcShaper::make({.interface = *options_.interface});
    if (!shaper) return shaper.error();
    shaper_ = std::move(*shaper);
    return {};
  }
  if (!link_) return error(ErrorKind::invalid, "there is neither an interface nor a peer to shape; name one");
  shaper_ = std::make_unique<LinkShaper>(*link_);
  return {};
}

void EdgeStage::verify_uplink(BitsPerSecond asked, journal::ImposedLoad& imposed) const {
  imposed.achieved.uplink = asked;
  if (!link_ || !sensor_ || !link_->state().up) {
    imposed.remarks.emplace_back("uplink: not verified, since there is no peer to probe");
    return;
  }
  const auto reached = measure_uplink(*link_, sensor_, asked, Clock::now() + options_.uplink_patience);
  if (!reached) {
    imposed.remarks.emplace_back("uplink: not verified, since no probe was answered");
    return;
  }
  imposed.achieved.uplink = reached;
  if (std::abs(reached->value - asked.value) > 0.1 * asked.value)
    imposed.remarks.push_back(fmt::format("uplink: asked for {}, reached {}, {}", to_string(asked), to_string(*reached),
                                          *reached < asked ? kTooSlow : why_too_fast()));
}

std::string EdgeStage::why_too_fast() const {
  if (!options_.interface)
    return "since more than this link's own bytes were let through; shape in the kernel with --interface";
  return fmt::format("since traffic to the cloud does not leave by '{}'; name the interface that 'ip route get' shows",
                     *options_.interface);
}

Result<void> EdgeStage::load_edge(const plan::Stress& asked, journal::ImposedLoad& imposed) {
  const auto reached = load_.impose({asked.edge_cpu, asked.edge_memory});
  if (!reached) return reached.error();
  imposed.achieved.edge_cpu = reached->shares.cpu;
  imposed.achieved.edge_memory = reached->shares.memory;
  for (const auto& remark : reached->remarks) imposed.remarks.emplace_back("edge " + remark);
  return {};
}

Result<void> EdgeStage::load_cloud(const plan::Stress& asked, journal::ImposedLoad& imposed) {
  const wire::CloudLoad wanted{asked.cloud_cpu, asked.cloud_memory};
  const bool none = wanted.cpu == 0 && wanted.memory == 0;
  if (none && !cloud_loaded_) return {};
  if (!link_) return error(ErrorKind::invalid, "there is no peer to load");
  // Sent even if nothing has changed: a restarted cloud has lost its load.
  const auto loaded = link_->impose(wanted, Clock::now() + options_.cloud_patience);
  if (!loaded) return loaded.error();
  cloud_loaded_ = !none;
  imposed.achieved.cloud_cpu = loaded->reached.cpu;
  imposed.achieved.cloud_memory = loaded->reached.memory;
  for (const auto& remark : loaded->remarks) imposed.remarks.emplace_back("cloud " + remark);
  return {};
}

void EdgeStage::lift() {
  (void)load_.impose({});
  shaper_.reset();
  shaped_ = false;
  if (cloud_loaded_) (void)link_->impose({}, Clock::now() + std::chrono::seconds(5));
  cloud_loaded_ = false;
}

}  // namespace tideline::testbed
