// A cell as a campaign would measure it, with its terms written out by hand.
#pragma once

#include "tests/policy/tables.h"

#include <memory>
#include <utility>
#include <vector>

namespace tideline::fixtures {

inline table::Estimate split(std::uint32_t cut, Bytes wire, table::Terms terms) {
  table::Estimate e = estimate(plan_at(cut), ms(0));
  e.wire = wire;
  e.mean = terms;
  e.p95 = terms.total() + ms(4);
  return e;
}

// Cut 0 sends 1 MB, cut 1 sends 0.25 MB after 40 ms, edge-only takes 100 ms. Network: `base` beyond rtt and wire, which
// takes `slower` times what the rate says.
inline table::Cell measured(double mbps, Duration rtt, Duration base, double slower = 1) {
  const auto network = [&](std::uint64_t bytes) {
    return rtt + base + from_seconds(slower * static_cast<double>(bytes) * 8 / (mbps * 1e6));
  };
  table::Cell cell;
  cell.seen.uplink = BitsPerSecond{mbps * 1e6};
  cell.seen.rtt = rtt;
  cell.estimates = {split(0, {1'000'000}, {ms(0), ms(1), network(1'000'000), ms(2), ms(10)}),
                    split(1, {250'000}, {ms(40), ms(1), network(250'000), ms(2), ms(6)}),
                    split(2, {0}, {ms(100), ms(0), ms(0), ms(0), ms(0)})};
  return cell;
}

inline std::shared_ptr<const table::PartitionTable> small_table(std::vector<table::Cell> cells) {
  return std::make_shared<const table::PartitionTable>(made(std::move(cells)));
}

}  // namespace tideline::fixtures
