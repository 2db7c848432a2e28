#include "runtime/app/modes/profile_budget.h"

#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/refresh.h"
#include "runtime/engine/input.h"
#include "runtime/model/api/model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace tideline::modes {
namespace {

constexpr std::uint32_t kMostRead = 200;
constexpr double kImagesPerSecond = 2;  // Of a budget.
constexpr double kUnknownRun = 0.05;    // Seconds; of a network that is not held here as a whole.

// Returns the seconds of one run of the whole network here. The first of two is slower, and does not count.
Result<double> whole_run(const NamedModel& named, const engine::SampleInputs& inputs) {
  if (!named.model->holds_all()) return kUnknownRun;
  TimePoint began;
  for (int turn = 0; turn < 2; ++turn) {
    began = Clock::now();
    engine::Input input = inputs.at(0);
    const auto tensors = input.tensors();
    if (!tensors) return tensors.error();
    if (const auto ran = named.model->run(named.model->whole(), *tensors); !ran) return ran.error();
  }
  return seconds(Clock::now() - began);
}

std::size_t planned_cells(const journal::Context& context) {
  return campaign::cells_to_visit(context, campaign::every_candidate(context)).size();
}

std::string part_of(std::size_t part, std::size_t all, std::string_view what) {
  return part >= all ? fmt::format("all {} {}", all, what) : fmt::format("{} of {} {}", part, all, what);
}

struct Counted {
  std::size_t plans = 0;
  std::vector<std::string_view> left_out;  // Codecs of which no plan was measured.
};

Counted counted_plans(const journal::Measurements& measured) {
  std::set<std::uint32_t> taken;
  for (const journal::Sample& sample : measured.samples)
    if (sample.cell == 0) taken.insert(sample.candidate);
  std::set<plan::Codec> all, had;
  for (std::uint32_t i = 0; i < measured.context.candidates.size(); ++i) {
    const plan::Codec codec = measured.context.candidates[i].plan.codec;
    all.insert(codec);
    if (taken.contains(i)) had.insert(codec);
  }
  Counted counted{taken.size(), {}};
  for (const plan::Codec codec : all)
    if (!had.contains(codec)) counted.left_out.push_back(name(codec));
  return counted;
}

}  // namespace

bool keeps_budget(const config::Command& command) {
  return command.config.profile.budget && !command.config.profile.shard && !command.refresh;
}

std::uint32_t most_images(const config::Command& command) {
  if (!keeps_budget(command) || command.resume) return kMostRead;
  const double fit = std::ceil(kImagesPerSecond * seconds(*command.config.profile.budget));
  return static_cast<std::uint32_t>(std::clamp<double>(fit, 1, kMostRead));
}

Result<std::uint32_t> inputs_to_compare(const config::Command& command, const NamedModel& named,
                                        const engine::SampleInputs& inputs, std::size_t candidates) {
  const config::Config& config = command.config;
  if (!keeps_budget(command) || config.given.contains("profile.compared")) return inputs.size();
  if (command.resume) {
    const auto journal = journal::Journal::read(config.profile.samples);
    if (!journal) return journal.error();
    return std::min(inputs.size(), journal->context().compared);
  }
  const auto run = whole_run(named, inputs);
  if (!run) return run.error();
  return campaign::inputs_within(seconds(*config.profile.budget), *run, candidates, inputs.size());
}

std::string planned_text(const campaign::BudgetPlan& plan, const journal::Context& context, Duration budget) {
  return fmt::format("{} are enough for {} and for {}", to_string(budget),
                     part_of(plan.cells, planned_cells(context), "conditions"),
                     part_of(plan.candidates.size(), context.candidates.size(), "plans"));
}

std::string spent_text(const journal::Measurements& measured, Duration taken, Duration budget) {
  const std::size_t cells = campaign::measured_cells(measured), all = planned_cells(measured.context);
  const Counted plans = counted_plans(measured);
  std::string text =
      fmt::format("measured {} and {} in {:.1f} s of {}", part_of(cells, all, "conditions"),
                  part_of(plans.plans, measured.context.candidates.size(), "plans"), seconds(taken), to_string(budget));
  if (!plans.left_out.empty()) text += fmt::format(", without {}", fmt::join(plans.left_out, ", "));
  if (cells < all || plans.plans < measured.context.candidates.size())
    text += "; --resume with a longer --budget goes on";
  return text;
}

}  // namespace tideline::modes
