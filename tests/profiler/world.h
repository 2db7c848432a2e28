// A world to measure: two machines and a link that take known times, with noise, wild times, drift and a clock of its
// own.
#pragma once

#include "profiler/journal/sample.h"
#include "profiler/journal/subject.h"
#include "tests/profiler/noise.h"

#include <atomic>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace tideline::fixtures {

struct World final : journal::Stage, journal::Subject {
  // Both sides by themselves; what `shared` adds is what a machine has left when both press on it.
  static double slow(double cpu, double memory) { return (1 + 1.5 * cpu) * (1 + 0.1 * memory); }

  table::Terms truth(const plan::Stress& s, const plan::Plan& plan) const {
    const double work = 10;  // Milliseconds of each of five layers on the edge; the cloud takes a third.
    const double edge = slow(s.edge_cpu, s.edge_memory), cloud = slow(s.cloud_cpu, s.cloud_memory);
    const double crowd = shared ? 1 / (1 + 0.25 * s.edge_cpu * s.cloud_cpu) : 1;
    const double edge_by_cloud = shared ? 1 + s.cloud_cpu : 1, cloud_by_edge = shared ? 1 + s.edge_cpu : 1;
    table::Terms t;
    t.head = from_milliseconds(work * plan.cut * edge * edge_by_cloud * crowd);
    if (plan.cut == 5) return t;
    t.encode = from_milliseconds((plan.codec == plan::Codec::q16 ? 0.5 : 0.1) * edge);
    t.tail = from_milliseconds(work / 3 * (5 - plan.cut) * cloud * cloud_by_edge * crowd);
    t.network = from_milliseconds(2 + bytes(plan) * 8e3 / s.uplink.value_or(100_Mbps).value);
    if (s.delay) t.network += *s.delay;
    return t;
  }
  static double bytes(const plan::Plan& plan) {
    return plan.cut == 5 ? 0 : 400e3 / (1 + plan.cut) / (plan.codec == plan::Codec::q16 ? 4 : 1);
  }

  Result<journal::ImposedLoad> impose(const plan::Stress& asked) override {
    ++imposed;
    now += std::chrono::seconds(1);
    if (impossible && impossible(asked)) return error(ErrorKind::invalid, "edge: memory: no room");
    stress = asked;
    return journal::ImposedLoad{asked, {}};
  }

  Result<journal::TimedInference> time(const plan::Plan& plan) override {
    if (--left == 0) stop = true;
    table::Terms t = truth(stress, plan);
    const double slower = 1 + drift * seconds(now - TimePoint{});
    for (Duration table::Terms::* const term :
         {&table::Terms::head, &table::Terms::encode, &table::Terms::network, &table::Terms::tail}) {
      double factor = std::exp(noise * gaussian(random)) * slower;
      if (wild && one_in(wild, random)) factor *= 3;
      t.*term = Duration(static_cast<std::int64_t>(static_cast<double>((t.*term).count()) * factor));
    }
    now += t.total();
    journal::TimedInference timed{t, {}, Bytes{static_cast<std::uint64_t>(bytes(plan))}};
    timed.seen.uplink = stress.uplink;
    return timed;
  }

  std::vector<Result<plan::Agreement>> agree(std::span<const plan::Plan> plans, const std::atomic<bool>&) override {
    return std::vector<Result<plan::Agreement>>(plans.size(), plan::Agreement{1, 0, 4});
  }

  // A frame of a stream has half the bytes of one alone.
  Result<std::vector<Bytes>> stream(std::span<const plan::Plan> plans) override {
    std::vector<Bytes> all;
    for (const plan::Plan& plan : plans) all.push_back({static_cast<std::uint64_t>(bytes(plan) / 2)});
    return all;
  }

  double noise = 0;
  std::uint64_t wild = 0;  // One term in so many takes three times as long.
  double drift = 0;        // Slower by this share with each second.
  bool shared = false;     // Both sides on one machine.
  std::function<bool(const plan::Stress&)> impossible;
  std::size_t left = 0;  // Measurements until a stop is asked for; 0: never.
  std::atomic<bool> stop{false};

  plan::Stress stress;
  TimePoint now{};
  int imposed = 0;
  fit::Random random{5};
};

// Six cuts in two codecs, under the cells that are given.
inline journal::Context world_campaign(std::vector<plan::Stress> cells) {
  journal::Context c;
  c.model = "world";
  c.model_name = "world";
  c.cuts = 6;
  c.cells = std::move(cells);
  for (std::uint32_t cut = 0; cut < 6; ++cut)
    for (const plan::Codec codec : {plan::Codec::fp32, plan::Codec::q16})
      if (cut < 5 || codec == plan::Codec::fp32)
        c.candidates.push_back({{"world", cut, codec},
                                "cut" + std::to_string(cut),
                                Bytes{static_cast<std::uint64_t>(World::bytes({"world", cut, plan::Codec::fp32}))}});
  c.method = journal::Method::separable;
  c.anchors = {0, 5, 10};
  c.repetitions = 5;
  c.compared = 4;
  c.seed = 3;
  return c;
}

}  // namespace tideline::fixtures
