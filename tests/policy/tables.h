// Small tables for tests, written out by hand.
#pragma once

#include "policy/table/table.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace tideline::fixtures {

inline constexpr std::uint32_t kCuts = 3;
inline const std::string kModel = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

inline Duration ms(std::int64_t n) {
  return std::chrono::milliseconds(n);
}

inline plan::Plan plan_at(std::uint32_t cut, plan::Codec codec = plan::Codec::fp32) {
  return {kModel, cut, codec};
}

inline table::PartitionTable::Origin origin() {
  return {kModel,
          "alexnet",
          kCuts,
          "exhaustive",
          "2025-01-02T03:04:05Z",
          {{"cores", "4"}, {"cpu", "arm"}},
          {{"cores", "32"}},
          {Precision::bf16, Precision::fp32}};
}

// An estimate whose mean total is `total`, all of it in one term.
inline table::Estimate estimate(plan::Plan plan, Duration total) {
  table::Estimate e{std::move(plan), "", Bytes{100}, {}, total, {}, 5, {}};
  e.cut_name = "cut" + std::to_string(e.plan.cut);
  e.mean.network = total;
  return e;
}

// Cut 0 fp32, cut 1 fp16, edge-only.
inline table::Cell cell(plan::Stress asked, plan::Conditions seen, std::vector<Duration> totals) {
  return {std::move(asked),
          std::move(seen),
          {estimate(plan_at(0), totals[0]), estimate(plan_at(1, plan::Codec::fp16), totals[1]),
           estimate(plan_at(2), totals[2])}};
}

inline table::PartitionTable made(std::vector<table::Cell> cells) {
  auto table = table::PartitionTable::make(origin(), std::move(cells));
  if (!table) ADD_FAILURE() << table.error().message;
  return *std::move(table);
}

}  // namespace tideline::fixtures
