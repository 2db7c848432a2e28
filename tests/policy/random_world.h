// Random tables, readings, constraints and questions, for properties that hold whatever they are.
#pragma once

#include "policy/decide/policy.h"
#include "tests/policy/tables.h"

#include <random>

namespace tideline::fixtures {

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed) {}

  double uniform(double from, double to) { return std::uniform_real_distribution<double>(from, to)(random_); }
  std::uint32_t below(std::uint32_t n) { return std::uniform_int_distribution<std::uint32_t>(0, n - 1)(random_); }

  plan::Conditions readings() {
    plan::Conditions c;
    if (below(4)) c.uplink = BitsPerSecond{uniform(1e5, 1e9)};
    if (below(4)) c.edge_slowdown = uniform(0.5, 9);
    if (below(4)) c.cloud_slowdown = uniform(0.5, 9);
    if (below(4)) c.edge_memory_free = uniform(0, 1);
    return c;
  }

  table::PartitionTable table() {
    std::vector<table::Cell> cells;
    for (std::uint32_t i = 0; i < 1 + below(6); ++i)
      cells.push_back(cell({}, readings(), {ms(below(500)), ms(below(500)), ms(below(500))}));
    return made(std::move(cells));
  }

  // Times, bytes and readings as an additive model wants them.
  table::PartitionTable additive_table() {
    std::vector<table::Cell> cells;
    for (std::uint32_t i = 0; i < 1 + below(4); ++i) {
      table::Cell one = cell({}, readings(), {ms(0), ms(0), ms(0)});
      if (below(2)) one.seen.rtt = ms(1 + below(100));
      for (table::Estimate& e : one.estimates) {
        e.mean = {ms(below(300)), ms(below(9)), ms(below(200)), ms(below(9)), ms(1 + below(50))};
        if (e.plan.cut == kCuts - 1) e.mean = {.head = ms(1 + below(500))};
        e.wire = {e.plan.cut == kCuts - 1 ? 0 : below(2'000'000)};
        e.p95 = e.mean.total() + ms(below(50));
      }
      cells.push_back(std::move(one));
    }
    return made(std::move(cells));
  }

  plan::Constraints constraints() {
    plan::Constraints c;
    if (below(3)) c.deepest_cut = below(3);
    if (below(3) == 0) c.first_cut = below(3);
    if (below(3) == 0) c.deadline = ms(below(500));
    if (below(3) == 0) {
      c.sending = plan::TrafficLimit{.last_cut = kCuts - 1};
      if (below(2)) c.sending->per_request = Bytes{below(2'000'000)};
      if (below(2)) c.sending->per_day = Bytes{below(2'000'000)};
      for (const plan::Plan& p : {plan_at(0), plan_at(1, plan::Codec::fp16)})
        if (below(3)) c.sending->wire[p] = Bytes{below(2'000'000)};
    }
    if (below(3) == 0) return c;
    const Precision edge = below(2) ? Precision::bf16 : Precision::fp32;
    c.accuracy = {.min_top1 = uniform(0, 1), .precisions = {edge, Precision::fp32}, .last_cut = kCuts - 1};
    for (const plan::Plan& p : {plan_at(0), plan_at(1), plan_at(1, plan::Codec::fp16), plan_at(2)})
      if (below(2)) c.accuracy->measured[p] = {uniform(0, 1), 0.01, 16};
    return c;
  }

  decide::Observation observation() {
    decide::Observation seen{readings(), plan_at(below(3), below(2) ? plan::Codec::fp32 : plan::Codec::fp16)};
    if (below(5)) seen.now.peer_up = below(4) != 0;
    return seen;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace tideline::fixtures
