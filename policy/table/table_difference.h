// TableDifference: what two partition tables of one model say differently.
//
// Compared are the cells that both were asked for, over the plans that both have. A pure value; thread-safe.
#pragma once

#include "policy/table/table.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

struct TextDifference {
  std::string what;  // "edge.cpu"
  std::string first;
  std::string second;  // Either is empty where that table has none.
};

// A cell in which another plan is best in the second table than in the first.
struct BestChange {
  Stress asked;
  Estimate first;            // The first table's best plan, as the first table has it.
  Estimate second;           // The second table's best plan, as the second table has it.
  Duration gap_in_first{};   // How much longer the second's best takes, by the first table; not negative.
  Duration gap_in_second{};  // How much longer the first's best takes, by the second table; not negative.
  Duration noise{};          // Half width of the 95 % interval of the two gaps' sum.

  // Returns true iff the tables contradict each other: they put the two plans in opposite order by more than the four
  // means' intervals explain. Half widths of independent means add in quadrature.
  bool beyond_noise() const { return gap_in_first + gap_in_second > noise; }
};

struct TermChange {
  Stress asked;
  Plan plan;
  std::string cut_name;
  std::string_view term;  // "head"
  Duration first{};
  Duration second{};

  Duration change() const { return second - first; }
};

struct TableDifference {
  static constexpr std::size_t kMostTerms = 100;

  std::vector<TextDifference> origin;
  std::vector<Stress> only_in_first;
  std::vector<Stress> only_in_second;
  std::vector<Plan> plans_only_in_first;
  std::vector<Plan> plans_only_in_second;
  std::size_t common = 0;           // Cells that both have.
  std::size_t unchanged = 0;        // Of these, in which the same plan is best.
  std::size_t within_noise = 0;     // Of these, in which the best plan is the same or its change is within the noise.
  double worst_regret = 0;          // The largest share by which the first table's choice is slower than the second's
                                    // best, by the second table.
  std::vector<BestChange> changes;  // In the order of the first table.
  std::vector<TermChange> terms;    // The largest kMostTerms, the largest first.

  double agreement() const { return share(unchanged); }
  double agreement_within_noise() const { return share(within_noise); }

 private:
  double share(std::size_t part) const {
    return common == 0 ? 0 : static_cast<double>(part) / static_cast<double>(common);
  }
};

// Returns invalid when the tables are of different models, or have no plan in common. `noise_floor` is the share of a
// mean by which campaigns differ beyond their own intervals (as anchors tell); it widens every interval.
Result<TableDifference> difference_between(const PartitionTable& first, const PartitionTable& second,
                                           double noise_floor = 0);

}  // namespace tideline
