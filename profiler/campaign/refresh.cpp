#include "profiler/campaign/refresh.h"

#include "profiler/campaign/stress_axes.h"
#include "profiler/campaign/term_change.h"
#include "profiler/fit/sides.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

namespace tideline::campaign {
namespace {

bool differs_only_in(std::size_t axis, const AxisValues& a, const AxisValues& b) {
  for (std::size_t i = 0; i < kAxes; ++i)
    if ((a[i] != b[i]) != (i == axis)) return false;
  return true;
}

std::set<std::uint32_t> cells_with_samples(const journal::Measurements& measured) {
  std::set<std::uint32_t> cells;
  for (const journal::Sample& sample : measured.samples) cells.insert(sample.cell);
  return cells;
}

// The decision of which cells still hold.
class Validity {
 public:
  Validity(const journal::Measurements& measured, const Changes& changes)
      : measured_(measured), changes_(changes), sides_(fit::sides_of(measured.context.cells)) {}

  bool holds(std::uint32_t cell) const {
    const bool base = changes_.of_baseline();
    if (cell == 0) return !base;
    if (!base) return !is_stressed_otherwise(cell);
    if (measured_.context.method == journal::Method::exhaustive || measured_.kept.holds(cell)) return false;
    if (sides_.only_edge(cell)) return !changes_.edge.any();
    if (sides_.only_cloud(cell)) return !changes_.cloud.any();
    return sides_.only_link(cell) && !changes_.link.any();
  }

 private:
  // Returns true iff a stress of this cell has another effect now.
  bool is_stressed_otherwise(std::uint32_t cell) const {
    return (sides_.edge[cell] != 0 && changes_.edge.stressed) || (sides_.link[cell] != 0 && changes_.link.stressed) ||
           (sides_.cloud[cell] != 0 && changes_.cloud.stressed);
  }

  const journal::Measurements& measured_;
  const Changes& changes_;
  const fit::Sides sides_;
};

std::string words_of(std::string_view side, const SideChange& change) {
  if (change.itself)
    return fmt::format("the {} has changed (its times are {:.2f} times the former)", side, change.factor);
  return change.stressed ? fmt::format("a load of the {} has another effect", side) : "";
}

}  // namespace

std::string to_string(const Changes& changes) {
  std::string text;
  for (const auto& [side, change] :
       {std::pair("edge", &changes.edge), {"link", &changes.link}, {"cloud", &changes.cloud}}) {
    const std::string words = words_of(side, *change);
    if (!words.empty()) text += (text.empty() ? "" : "; ") + words;
  }
  return text.empty() ? "nothing has changed by more than its noise" : text;
}

std::vector<std::uint32_t> probe_cells(const journal::Measurements& measured) {
  const std::vector<plan::Stress>& cells = measured.context.cells;
  const std::set<std::uint32_t> taken = cells_with_samples(measured);
  std::set<std::uint32_t> chosen{0};
  const AxisValues baseline = axis_values(cells.front());
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    std::optional<std::uint32_t> farthest;
    const auto distance = [&](std::uint32_t cell) { return std::abs(axis_values(cells[cell])[axis] - baseline[axis]); };
    for (const std::uint32_t cell : taken)
      if (differs_only_in(axis, axis_values(cells[cell]), baseline) &&
          (!farthest || distance(cell) > distance(*farthest)))
        farthest = cell;
    if (farthest) chosen.insert(*farthest);
  }
  return {chosen.begin(), chosen.end()};
}

journal::Measurements begun_probe(const journal::Measurements& measured) {
  journal::Context context = measured.context;
  context.cells.clear();
  for (const std::uint32_t cell : probe_cells(measured)) context.cells.push_back(measured.context.cells[cell]);
  context.method = journal::Method::separable;
  context.shards = 1;
  context.shard.reset();
  context.anchors.clear();
  context.repetitions = kProbeRepetitions;
  context.sequence.clear();
  journal::Measurements probe = begun(std::move(context));
  probe.agreements = measured.agreements;
  return probe;
}

Changes changes_of(const journal::Measurements& measured, const journal::Measurements& probe) {
  const std::vector<std::uint32_t> cells = probe_cells(measured);
  const fit::Sides sides = fit::sides_of(probe.context.cells);
  const auto of = [&](Duration table::Terms::* term, Stressed stressed) {
    return change_of_term({measured, probe, cells, sides}, term, stressed);
  };
  const SideChange head = of(&table::Terms::head, Stressed::edge), encode = of(&table::Terms::encode, Stressed::edge);
  Changes changes{.edge = head,
                  .link = of(&table::Terms::network, Stressed::link),
                  .cloud = of(&table::Terms::tail, Stressed::cloud)};
  changes.edge.itself |= encode.itself;
  return changes;
}

journal::Measurements still_valid(const journal::Measurements& measured, const Changes& changes) {
  const Validity validity(measured, changes);
  journal::Measurements rest = begun(measured.context);
  rest.agreements = measured.agreements;
  rest.streams = measured.streams;
  if (!changes.any()) return measured;
  for (std::uint32_t cell = 0; cell < measured.context.cells.size(); ++cell) {
    if (!validity.holds(cell)) continue;
    rest.imposed[cell] = measured.imposed[cell];
    rest.unreached[cell] = measured.unreached[cell];
    rest.finished[cell] = measured.finished[cell];
    // A cell that was not measured to its end, or not at all, may be now, beside the new baseline.
    if (cell != 0 && (changes.of_baseline() ? measured.finished[cell] : measured.kept.holds(cell)))
      rest.kept.cells.insert(cell);
  }
  const auto stays = [&](std::uint32_t cell) {
    return validity.holds(cell) && (!changes.of_baseline() || measured.finished[cell]);
  };
  for (const journal::Sample& sample : measured.samples) {
    if (stays(sample.cell)) rest.samples.push_back(sample);
    if (changes.of_baseline() && sample.cell == 0) rest.kept.former.push_back(sample);
  }
  if (!changes.of_baseline()) rest.kept.former = measured.kept.former;
  return rest;
}

std::size_t measured_cells(const journal::Measurements& measured) {
  return cells_with_samples(measured).size();
}

}  // namespace tideline::campaign
