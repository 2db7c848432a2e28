// TableFit: tells whether the partition table still fits the machines, by the times of heads and tails.
//
// A table promises two things, each within a band. It fits as long as both hold:
// * The shape. A load slows all heads alike, and all tails, so their ratios stay as in the table, within 1.25. Each
//   reading ln(measured / table) is taken relative to the last readings of the side's other cuts, those of the last two
//   seconds: so the load of the moment drops out. The blocks are medians of a minute.
// * The base. While nothing else runs, a machine is as fast as the table says, within 1.3. The blocks are ten minutes
//   without a visible load (waits for a CPU, a quota, a queue), and hours under any load: a load that never pauses is a
//   part of the machine. Their values are the faster quarter, and the fastest tenth, of the medians of a minute.
// A band is wider by the 95 % interval of the table's mean. Parts shorter than half a millisecond tell nothing.
//
// Each block of a part or side feeds a ChangeDetector for either side of its band. It takes for granted that blocks of
// a table that fits are beyond one side with a chance of at most 1/2 (ten minutes: 1/4), whatever the blocks before. Of
// N detectors, each with n blocks a month, each has c = n N. So all together raise at most one false alarm a month on
// average. (One half of the rate is for the shape, one for the base.) A part that has become twice as slow is told of
// after about half an hour of requests, a machine after one and a half hours. Under a load that never pauses it takes
// 15 hours.
//
// Not tested: uplink, round trip and bytes, which are measured all the time and not taken from the table. A value; each
// reading comes with its time.
#pragma once

#include "policy/estimate/block.h"
#include "policy/estimate/two_sided_detector.h"
#include "policy/plan/plan.h"
#include "runtime/base/time.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tideline::estimate {

enum class Part : std::uint8_t { head, tail };  // On the edge; in the cloud.

// How a table is wrong.
struct Misfit {
  Part part = Part::head;
  plan::Plan plan;
  bool beside_others = false;  // The shape is wrong: `predicted` counts the present slowdown of the other cuts.
  Duration predicted{};
  Duration measured{};

  bool operator==(const Misfit&) const = default;
};
// Returns one sentence, with the remedy.
std::string to_string(const Misfit& misfit);

class TableFit {
 public:
  // `plans`: how many the table has.
  explicit TableFit(std::size_t plans);

  struct Timed {
    Part part = Part::head;
    plan::Plan plan;
    Duration measured{};
    Duration table{};   // The mean of the unstressed cell.
    Duration ci95{};    // Half width of its interval.
    bool busy = false;  // Something else visibly used the machine.
  };
  void update(const Timed& timed, TimePoint at);

  struct Verdict {
    std::optional<Misfit> misfit;  // Absent: nothing proves that the table does not fit.
    double evidence = 0;           // Of the strongest detector, 0 to 1; one at 1 raises the alarm.
  };
  Verdict verdict() const;

 private:
  struct CutAndCodec {
    std::uint32_t cut = 0;
    plan::Codec codec = plan::Codec::fp32;  // Heads do not depend on it.
    auto operator<=>(const CutAndCodec&) const = default;
  };
  struct Shape {
    explicit Shape(std::size_t plans);
    double last = 0;  // ln(measured / table).
    TimePoint at;
    Block deviations, levels;  // Of this part from the others; of the others.
    TwoSidedDetector test;
    Misfit misfit{};
    double distance = 0;  // |ln(measured / table)| in the last block.
  };
  struct Base {
    Base(const Block::Design& design, double usual);
    Block medians, spans;  // Of minutes; of their medians.
    TwoSidedDetector test;
    Misfit misfit{};
    double distance = 0;
  };
  struct Side {
    std::map<CutAndCodec, Shape> shapes;
    Base idle, always;
  };

  static std::optional<double> level_of_others(const Side& side, const CutAndCodec& part, TimePoint at);
  static void take(Shape& shape, double level, const Timed& timed, TimePoint at);
  static void take(Base& base, const Timed& timed, TimePoint at);

  std::size_t plans_;
  std::array<Side, 2> sides_;  // By Part.
};

}  // namespace tideline::estimate
