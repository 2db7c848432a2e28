#include "runtime/app/modes/step_trial.h"

#include "profiler/campaign/learning_choice.h"
#include "runtime/app/modes/campaign.h"
#include "runtime/app/modes/choose_policy.h"
#include "runtime/engine/engine_subject.h"

#include <algorithm>
#include <utility>

namespace tideline::modes {
namespace {

constexpr int kTrialAttempts = 3;

using OneInput = std::vector<std::pair<plan::Plan, plan::Agreement>>;

std::vector<std::vector<plan::Plan>> by_cut(const std::vector<plan::Plan>& plans) {
  std::map<std::uint32_t, std::vector<plan::Plan>> cuts;
  for (const plan::Plan& plan : plans) cuts[plan.cut].push_back(plan);
  std::vector<std::vector<plan::Plan>> groups;
  for (auto& [cut, group] : cuts) groups.push_back(std::move(group));
  return groups;
}

// The whole network runs in its turn, after all requests that wait.
Result<engine::Reference> reference_of(const StepTrial& trial, const engine::SampleInputs& one) {
  const auto pass = trial.parts.compute->enter(Clock::now() + trial.parts.patience, {}, trial.parts.priority);
  if (!pass) return pass.error();
  return engine::Reference::of(*trial.parts.model, one);
}

// Returns how well each of the plans answers one input.
Result<OneInput> answer(const StepTrial& trial, const engine::Input& input, const std::vector<plan::Plan>& plans,
                        const std::atomic<bool>& stop) {
  const auto one = engine::SampleInputs::of_clients({input});
  const auto exact = reference_of(trial, one);
  if (!exact) return exact.error();
  engine::EngineSubject subject(trial.parts, trial.monitor, *exact, one);
  OneInput answers;
  for (const std::vector<plan::Plan>& group : by_cut(plans)) {
    const auto agreements = subject.agree(group, stop);
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (!agreements[i]) return agreements[i].error();
      answers.emplace_back(group[i], *agreements[i]);
    }
  }
  return answers;
}

Bytes usual_bytes(const std::vector<journal::Candidate>& steps, const std::vector<plan::Plan>& going) {
  Bytes all;
  for (const journal::Candidate& one : steps)
    if (std::ranges::find(going, one.plan) != going.end()) all.count += campaign::usual_bytes(one).count;
  return all;
}

}  // namespace

std::optional<campaign::LossTrial::Limit> step_limit(const config::Config& config) {
  if (config.edge.min_accuracy) return std::nullopt;
  if (!asks_accuracy(config)) return campaign::LossTrial::Limit{};
  return campaign::LossTrial::Limit{config.edge.min_top1.value_or(0), config.edge.max_error};
}

Result<std::vector<journal::Candidate>> step_candidates(const config::Config& config, const NamedModel& named) {
  std::vector<plan::Codec> codecs(plan::tensor_codecs().begin(), plan::tensor_codecs().end());
  std::erase_if(codecs, [](plan::Codec codec) { return !is_of_steps(codec); });
  auto candidates = choose_candidates(named, config.profile.cuts, codecs);
  if (candidates) std::erase_if(*candidates, [](const auto& one) { return !is_of_steps(one.plan.codec); });
  return candidates;
}

Result<Agreements> try_steps(const StepTrial& trial, engine::PacedSubject& paced, const std::atomic<bool>& stop) {
  std::vector<plan::Plan> plans;
  for (const journal::Candidate& one : trial.steps) plans.push_back(one.plan);
  campaign::LossTrial losses(plans, trial.limit, trial.inputs.size());
  for (std::uint32_t i = 0; i < trial.inputs.size(); ++i) {
    const std::vector<plan::Plan> going = losses.going();
    if (going.empty()) break;
    OneInput answers;
    Result<void> tried;
    for (int attempt = 0; attempt < kTrialAttempts && (attempt == 0 || !tried) && !stop; ++attempt)
      tried = paced.run([&]() -> Result<void> {
        trial.traffic.on_sent(usual_bytes(trial.steps, going), Clock::now());
        auto given = answer(trial, trial.inputs.at(i), going, stop);
        if (!given) return given.error();
        answers = *std::move(given);
        return {};
      });
    if (stop) return error(ErrorKind::unavailable, "it was stopped");
    if (!tried) return tried.error().within("what steps lose");
    for (const auto& [plan, agreement] : answers) losses.add(plan, agreement);
  }
  return losses.passed();
}

}  // namespace tideline::modes
