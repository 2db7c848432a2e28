// TableDifference: compares two partition tables of one model.
//
// The comparison covers the cells that both tables asked for, and the plans that both have. A pure value; thread-safe.
#pragma once

#include "policy/table/table.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::table {

struct TextDifference {
  std::string what;  // "edge.cpu"
  std::string first;
  std::string second;  // `first` or `second` is empty if that table has none.
};

// A cell whose best plan differs between the tables.
struct BestChange {
  plan::Stress asked;
  Estimate first;            // The first table's best plan, as the first table has it.
  Estimate second;           // The second table's best plan, as the second table has it.
  Duration gap_in_first{};   // Extra time of the second's best, by the first table; not negative.
  Duration gap_in_second{};  // Extra time of the first's best, by the second table; not negative.
  Duration noise{};          // Half width of the 95 % interval of the two gaps' sum.

  // Returns true iff the tables contradict each other: they order the two plans differently, by more than the intervals
  // of the four means explain. Half widths of independent means add in quadrature.
  bool beyond_noise() const { return gap_in_first + gap_in_second > noise; }
};

struct TermChange {
  plan::Stress asked;
  plan::Plan plan;
  std::string cut_name;
  std::string_view term;  // "head"
  Duration first{};
  Duration second{};

  Duration change() const { return second - first; }
};

// A plan whose bytes in a stream differ; absent: that table does not have them.
struct StreamChange {
  plan::Plan plan;
  std::string cut_name;
  std::optional<Bytes> first;
  std::optional<Bytes> second;
};

struct TableDifference {
  static constexpr std::size_t kMostTerms = 100;

  std::vector<TextDifference> origin;
  std::vector<plan::Stress> only_in_first;
  std::vector<plan::Stress> only_in_second;
  std::vector<plan::Plan> plans_only_in_first;
  std::vector<plan::Plan> plans_only_in_second;
  std::size_t common = 0;             // Cells that both have.
  std::size_t unchanged = 0;          // Of these, cells with the same best plan.
  std::size_t within_noise = 0;       // Of these, cells with the same best plan or a change within the noise.
  double worst_regret = 0;            // The largest relative excess of the first table's choice over the second table's
                                      // best, by the second table.
  std::vector<BestChange> changes;    // In the first table's order.
  std::vector<TermChange> terms;      // The kMostTerms largest, largest first.
  std::vector<StreamChange> streams;  // In the first table's order.

  double agreement() const { return share(unchanged); }
  double agreement_within_noise() const { return share(within_noise); }

 private:
  double share(std::size_t part) const {
    return common == 0 ? 0 : static_cast<double>(part) / static_cast<double>(common);
  }
};

// Returns invalid if the tables are of different models, or share no plan. `noise_floor` widens every interval. It is
// the relative deviation between campaigns beyond their own intervals, as shown by anchors.
Result<TableDifference> difference_between(const PartitionTable& first, const PartitionTable& second,
                                           double noise_floor = 0);

}  // namespace tideline::table
