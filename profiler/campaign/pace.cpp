#include "profiler/campaign/pace.h"

#include "profiler/campaign/campaign_plan.h"

#include <algorithm>

namespace tideline::campaign {
namespace {

// Guesses, until something was measured.
constexpr double kGuessedRun = 0.05;
constexpr double kGuessedImposing = 1, kGuessedImposingMemory = 3;
constexpr double kSlowerByCpu = 1.5, kSlowerByMemory = 0.5;  // A full load makes runs so much slower.

double slower_by(const plan::Stress& stress) {
  return 1 + kSlowerByCpu * std::max(stress.edge_cpu, stress.cloud_cpu) +
         kSlowerByMemory * std::max(stress.edge_memory, stress.cloud_memory);
}

double on_the_link(const journal::Candidate& candidate, const plan::Stress& stress) {
  const double bytes = usual_size(candidate);
  return (stress.uplink ? bytes * 8 / stress.uplink->value : 0) + (stress.delay ? seconds(*stress.delay) : 0);
}

bool loads_memory(const plan::Stress& stress) {
  return stress.edge_memory > 0 || stress.cloud_memory > 0;
}

}  // namespace

Pace::Pace(const journal::Context& context) : context_(&context), free_(context.candidates.size()) {}

void Pace::ran_free(std::uint32_t candidate, double seconds) {
  free_[candidate].add(seconds);
  all_free_.add(seconds);
}

void Pace::ran(std::uint32_t cell, std::uint32_t candidate, double seconds) {
  runs_[{cell, candidate}].add(seconds);
  const double estimated = estimate(cell, candidate);
  for (Ratio* const ratio : {&cells_[cell], &all_cells_}) ratio->taken += seconds, ratio->estimated += estimated;
}

void Pace::imposed(std::uint32_t cell, double seconds) {
  (loads_memory(context_->cells[cell]) ? with_memory_ : without_memory_).add(seconds);
}

void Pace::compared(std::span<const std::uint32_t> candidates, double seconds) {
  comparisons_.taken += seconds;
  comparisons_.estimated += once_each(candidates) * context_->compared;
}

void Pace::streamed(std::span<const std::uint32_t> candidates, double seconds) {
  streams_.taken += seconds;
  streams_.estimated += once_each(candidates) * context_->compared;
}

double Pace::run(std::uint32_t cell, std::uint32_t candidate) const {
  if (const auto found = runs_.find({cell, candidate}); found != runs_.end()) return found->second.of(kGuessedRun);
  const auto here = cells_.find(cell);
  const double all = all_cells_.of(1);
  return estimate(cell, candidate) * (here == cells_.end() ? all : here->second.of(all));
}

double Pace::imposing(std::uint32_t cell) const {
  return loads_memory(context_->cells[cell]) ? with_memory_.of(kGuessedImposingMemory)
                                             : without_memory_.of(kGuessedImposing);
}

double Pace::comparing(std::span<const std::uint32_t> candidates) const {
  return once_each(candidates) * context_->compared * comparisons_.of(1);
}

double Pace::streaming(std::span<const std::uint32_t> candidates) const {
  return once_each(candidates) * context_->compared * streams_.of(1);
}

double Pace::without_load(std::uint32_t candidate) const {
  return free_[candidate].of(all_free_.of(kGuessedRun));
}

double Pace::estimate(std::uint32_t cell, std::uint32_t candidate) const {
  const plan::Stress& stress = context_->cells[cell];
  return without_load(candidate) * slower_by(stress) + on_the_link(context_->candidates[candidate], stress);
}

double Pace::once_each(std::span<const std::uint32_t> candidates) const {
  double sum = 0;
  for (const std::uint32_t candidate : candidates) sum += without_load(candidate);
  return sum;
}

}  // namespace tideline::campaign
