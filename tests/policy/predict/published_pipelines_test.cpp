// Holds the additive prediction to published figures: Scission's example of VGG19 on a device, an edge and a cloud
// (Lockhart et al., "Scission", UCC 2020; the README of its repository). golden/vgg19_layers.csv has the times of its
// layers on five machines, from the data published there.
#include "policy/predict/latency_model.h"
#include "tests/policy/tables.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace tideline::predict {
namespace {

using namespace tideline::fixtures;
using ::testing::ElementsAre;

struct Layers {
  std::vector<int> last;                               // The number of the last layer of each block.
  std::vector<Bytes> bytes;                            // Those that its output has.
  std::map<std::string, std::vector<Duration>> times;  // Of each block, by machine.
};

Layers read_layers() {
  std::ifstream in(TIDELINE_SOURCE "/tests/policy/predict/golden/vgg19_layers.csv");
  std::string line, field;
  std::vector<std::string> machines;
  std::getline(in, line);
  for (std::stringstream names(line); std::getline(names, field, ',');) machines.push_back(field);
  Layers layers;
  while (std::getline(in, line)) {
    std::stringstream fields(line);
    for (const std::string& machine : machines) {
      std::getline(fields, field, ',');
      const long long number = std::stoll(field);
      if (machine == "last_layer")
        layers.last.push_back(static_cast<int>(number));
      else if (machine == "bytes")
        layers.bytes.push_back({static_cast<std::uint64_t>(number)});
      else
        layers.times[machine].push_back(Duration(number));
    }
  }
  return layers;
}

// Returns the time of the blocks [from, to) on that machine.
Duration blocks(const Layers& layers, const std::string& machine, std::size_t from, std::size_t to) {
  Duration sum{};
  for (std::size_t i = from; i < to; ++i) sum += layers.times.at(machine)[i];
  return sum;
}

struct Hop {
  std::string here, there;
  plan::Conditions link;
};

// Returns the predicted times of all cuts of the blocks from `from` on. There is a tail iff `with_tail`. The table is
// measured over a link that is far better than the hop's.
std::vector<Duration> predict_hop(const Layers& layers, const Hop& hop, std::size_t from, bool with_tail) {
  const std::size_t all = layers.bytes.size();
  table::Cell cell;
  cell.seen = {.uplink = 800_Mbps, .rtt = ms(1)};
  for (std::size_t cut = 0; cut < all; ++cut) {
    table::Estimate one = fixtures::estimate(plan_at(static_cast<std::uint32_t>(cut)), ms(0));
    one.mean.head = blocks(layers, hop.here, from, std::max(from, cut + 1));
    one.mean.network = Duration{};
    one.wire = Bytes{};
    if (cut + 1 < all) {
      one.wire = layers.bytes[cut];
      one.mean.network = ms(1) + from_seconds(static_cast<double>(one.wire.count) * 8 / 800e6);
      if (with_tail) one.mean.tail = blocks(layers, hop.there, cut + 1, all);
    }
    one.p95 = one.mean.total();
    cell.estimates.push_back(std::move(one));
  }
  auto origin = fixtures::origin();
  origin.cuts = static_cast<std::uint32_t>(all);
  auto table = table::PartitionTable::make(origin, {std::move(cell)});
  if (!table) ADD_FAILURE() << table.error().message;
  std::vector<Duration> times;
  for (const Prediction& one : predict(*table, hop.link).plans) times.push_back(one.mean.total());
  return times;
}

struct Pipeline {
  Duration total{};
  std::string text;
};

// Appends all pipelines of these three machines that have layer 10 on the edge and layer 16 in the cloud.
void add_pipelines(const Layers& layers, const std::string& edge, const std::string& cloud, std::vector<Pipeline>& to) {
  const auto first =
      predict_hop(layers, {"raspi4_ns", edge, {.uplink = BitsPerSecond{1.6e6}, .rtt = Duration(66'700'000)}}, 0, false);
  for (std::size_t x = 0; x < layers.last.size() && layers.last[x] < 10; ++x) {
    const auto second = predict_hop(layers, {edge, cloud, {.uplink = 50_Mbps, .rtt = ms(20)}}, x + 1, true);
    for (std::size_t y = x + 1; layers.last[y] < 16; ++y) {
      if (layers.last[y] < 10) continue;
      const Duration total = first[x] + second[y];
      const double megabytes = static_cast<double>(layers.bytes[x].count + layers.bytes[y].count) / 1e6;
      to.push_back(
          {total, fmt::format("{:.4f} s, {:.4f} MB, 0 - {}, {} {} - {}, {} from {}", seconds(total), megabytes,
                              layers.last[x], edge, layers.last[x] + 1, layers.last[y], cloud, layers.last[y] + 1)});
    }
  }
}

TEST(Published, ThePipelinesOfVgg19AreThoseOfScissionToTheLastDigit) {
  const Layers layers = read_layers();
  ASSERT_EQ(layers.bytes.size(), 25U);
  std::vector<Pipeline> pipelines;
  for (const char* edge : {"vm2core_ns", "i5_2500_ns"})
    for (const char* cloud : {"i7_6700k_gpu_ns", "i7_6700k_ns"}) add_pipelines(layers, edge, cloud, pipelines);
  std::ranges::sort(pipelines, {}, &Pipeline::total);
  std::vector<std::string> best;
  for (std::size_t i = 0; i < 5; ++i) best.push_back(pipelines[i].text);
  EXPECT_THAT(best, ElementsAre("9.0106 s, 2.4087 MB, 0 - 6, vm2core_ns 7 - 11, i7_6700k_gpu_ns from 12",
                                "9.0594 s, 2.4087 MB, 0 - 6, i5_2500_ns 7 - 11, i7_6700k_gpu_ns from 12",
                                "9.0721 s, 2.4087 MB, 0 - 6, vm2core_ns 7 - 11, i7_6700k_ns from 12",
                                "9.1209 s, 2.4087 MB, 0 - 6, i5_2500_ns 7 - 11, i7_6700k_ns from 12",
                                "9.1511 s, 3.2115 MB, 0 - 6, vm2core_ns 7 - 12, i7_6700k_gpu_ns from 13"));
}

}  // namespace
}  // namespace tideline::predict
