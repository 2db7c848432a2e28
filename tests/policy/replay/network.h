// Tables of networks that never were, from a seed: layers, what crosses after each, and cells of a grid.
#pragma once

#include "policy/replay/random.h"
#include "policy/table/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace tideline::replay::fixtures {

struct Layer {
  double head = 0;   // Seconds on the edge, from the start.
  double bytes = 0;  // That cross after it.
  double tail = 0;   // Seconds in the cloud, to the end.
};

// Tensors grow at first and shrink later, as in networks that look at pictures. The cloud is so many times as fast as
// the edge.
inline std::vector<Layer> layers(Random& random, double cloud) {
  const int n = 6 + static_cast<int>(random.uniform() * 14);
  const double whole = std::exp(random.uniform(std::log(0.03), std::log(0.6)));
  std::vector<Layer> all{{0, 150'000}};
  for (int i = 1; i <= n; ++i) {
    const double part = static_cast<double>(i) / n;
    all.push_back({all.back().head + whole / n * random.uniform(0.3, 1.7),
                   std::max(1000.0, 800'000 * std::pow(1 - part, 2) * std::exp(0.6 * random.normal()))});
  }
  for (Layer& one : all) one.tail = (all.back().head - one.head) / cloud;
  return all;
}

inline table::Cell cell(const std::vector<Layer>& layers, double rate, double load, double slowdown) {
  constexpr double kRtt = 0.03;
  table::Cell cell;
  cell.asked = {.uplink = BitsPerSecond{rate}, .edge_cpu = load};
  cell.seen = {
      .uplink = BitsPerSecond{rate}, .rtt = from_seconds(kRtt), .edge_slowdown = slowdown, .cloud_slowdown = 1};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool last = i + 1 == layers.size();
    table::Estimate e{{"net", static_cast<std::uint32_t>(i), last ? plan::Codec::fp32 : plan::Codec::q16},
                      "c" + std::to_string(i),
                      {},
                      {},
                      {},
                      {},
                      20,
                      {}};
    e.mean.head = from_seconds(layers[i].head * slowdown);
    if (!last) {
      e.wire = {static_cast<std::uint64_t>(layers[i].bytes)};
      e.mean.encode = from_seconds(layers[i].bytes / 4e9 * slowdown);
      e.mean.network = from_seconds(kRtt + 0.001 + static_cast<double>(e.wire.count) * 8 / rate);
      e.mean.tail = from_seconds(layers[i].tail);
    }
    e.p95 = e.mean.total() + e.mean.total() / 20;
    cell.estimates.push_back(std::move(e));
  }
  return cell;
}

inline std::shared_ptr<const table::PartitionTable> network(std::uint64_t seed, double cloud = 10) {
  Random random(seed);
  const std::vector<Layer> all = layers(random, cloud);
  std::vector<table::Cell> cells;
  for (const double rate : {100e6, 50e6, 20e6, 10e6, 5e6, 2e6, 1e6, 0.5e6})
    for (const auto& [load, slowdown] : {std::pair(0.0, 1.0), {0.25, 1.25}, {0.5, 1.6}, {0.75, 2.2}, {1.0, 4.0}})
      cells.push_back(cell(all, rate, load, slowdown));
  table::PartitionTable::Origin origin{
      .model = "net", .model_name = "net", .cuts = static_cast<std::uint32_t>(all.size())};
  auto table = table::PartitionTable::make(std::move(origin), std::move(cells));
  if (!table) ADD_FAILURE() << table.error().message;
  return std::make_shared<const table::PartitionTable>(*std::move(table));
}

}  // namespace tideline::replay::fixtures
