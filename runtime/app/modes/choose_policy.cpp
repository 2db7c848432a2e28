#include "runtime/app/modes/choose_policy.h"

#include "policy/decide/policies.h"
#include "policy/table/accuracy_limit.h"
#include "runtime/codec/codec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace tideline::modes {
namespace {

plan::Constraints held_by(const model::Model& model) {
  if (model.holds_all()) return {};
  return {.deepest_cut = model.deepest_cut()};
}

// The settings that limit what plans may lose.
std::string limits_of(const plan::AccuracyLimit& accuracy) {
  std::vector<std::string_view> names;
  if (accuracy.min_top1) names.emplace_back("edge.min_top1");
  if (accuracy.max_error) names.emplace_back("edge.max_error");
  if (accuracy.min_accuracy) names.emplace_back("edge.min_accuracy");
  return fmt::format("{}", fmt::join(names, " or "));
}

std::string measured_text(const plan::Plan& plan, const plan::AccuracyLimit& accuracy) {
  const auto found = accuracy.measured.find(plan);
  if (found == accuracy.measured.end()) return "not measured";
  const bool missing = accuracy.min_accuracy && !found->second.counted();
  return fmt::format("measured with {}{}", to_string(found->second),
                     missing ? ", and without labels.csv or a detector's boxes" : "");
}

// A lossless plan is as right as the network: only a lower limit helps.
Error not_accurate(const plan::Plan& plan, const plan::AccuracyLimit& accuracy, const std::string& name) {
  const bool lossy = is_lossy(plan, accuracy.precisions, accuracy.last_cut);
  return error(ErrorKind::invalid, "cut {} ({}) of {} violates {}: it was {}; {}", plan.cut, plan::name(plan.codec),
               name, limits_of(accuracy), measured_text(plan, accuracy),
               lossy ? "relax the limit, or set compute.precision or the codec to fp32"
                     : "relax the limit: the network itself is not more accurate");
}

decide::PolicyKind kind_of(const config::Config& config, const table::PartitionTable* table) {
  return config.edge.policy.value_or(table ? decide::PolicyKind::adaptive : decide::PolicyKind::fixed);
}

// While the cloud is away, requests run on the edge alone: so edge-only must be accurate enough, too. If the edge does
// not hold the whole network, edge-only is never served. The default is for policies that choose the plan: a static
// plan is the operator's own choice.
Result<std::optional<plan::AccuracyLimit>> accuracy_of(const config::Config& config, const NamedModel& named,
                                                       const table::PartitionTable* table) {
  if (!asks_accuracy(config) && !needs_table(kind_of(config, table))) return std::optional<plan::AccuracyLimit>();
  plan::AccuracyLimit accuracy = table ? accuracy_limit_of(*table) : plan::AccuracyLimit{};
  accuracy.min_top1 = config.edge.min_top1;
  accuracy.max_error = config.edge.max_error;
  accuracy.min_accuracy = config.edge.min_accuracy;
  accuracy.precisions = {named.model->precision(), wanted_of_cloud(config, table).value_or(Precision::fp32)};
  accuracy.last_cut = named.model->last_cut();
  const plan::Plan edge_only{named.model->digest(), named.model->last_cut(), plan::Codec::fp32};
  if (named.model->holds_all() && !accuracy.allows(edge_only)) return not_accurate(edge_only, accuracy, named.name);
  return std::optional(std::move(accuracy));
}

// The most bytes that cuts send for a batch of one, from the sizes of their tensors.
void add_sizes(const NamedModel& named, std::map<plan::Plan, Bytes>& wire) {
  const model::Model& model = *named.model;
  if (named.image)
    for (const plan::Codec codec : plan::image_codecs())
      wire.emplace(plan::Plan{model.digest(), 0, codec}, codec::encoded_images_size(codec, *named.image, 1).most);
  for (const model::Cut& cut : model.cuts())
    for (const plan::Codec codec : plan::tensor_codecs()) {
      Bytes most;
      for (const TensorSpec& spec : at_batch(cut.tensors, 1)) most.count += codec::encoded_size(codec, spec).most.count;
      wire.emplace(plan::Plan{model.digest(), cut.index, codec}, most);
    }
}

// Prefers the measured mean of the sent bytes to the upper bound.
std::optional<plan::TrafficLimit> sending_of(const config::Config& config, const NamedModel& named,
                                             const table::PartitionTable* table) {
  if (!config.edge.max_sent && !config.edge.max_sent_per_day) return std::nullopt;
  plan::TrafficLimit sending{.per_request = config.edge.max_sent,
                             .per_day = config.edge.max_sent_per_day,
                             .last_cut = named.model->last_cut()};
  if (table)
    for (const table::Estimate& e : table->unstressed().estimates) sending.wire.emplace(e.plan, e.wire);
  add_sizes(named, sending.wire);
  return sending;
}

Result<plan::Constraints> constraints_of(const config::Config& config, const NamedModel& named,
                                         const table::PartitionTable* table) {
  plan::Constraints constraints = held_by(*named.model);
  if (config.edge.first_cut && *config.edge.first_cut > named.model->last_cut())
    return error(ErrorKind::invalid, "{} has no cut {}, which edge.first_cut names; its cuts are 0 to {}", named.name,
                 *config.edge.first_cut, named.model->last_cut());
  auto accuracy = accuracy_of(config, named, table);
  if (!accuracy) return accuracy.error();
  constraints.accuracy = *std::move(accuracy);
  constraints.first_cut = config.edge.first_cut;
  constraints.sending = sending_of(config, named, table);
  constraints.deadline = config.edge.deadline;
  return constraints;
}

std::vector<plan::Plan> plans_of(const table::PartitionTable& table) {
  std::vector<plan::Plan> plans;
  for (const table::Estimate& e : table.unstressed().estimates) plans.push_back(e.plan);
  return plans;
}

Result<decide::Objective> objective_of(const config::Config& config) {
  const config::Config::Objective& o = config.objective;
  if (o.joule > Duration{} && o.computing_watts + o.sending_watts + o.waiting_watts == 0)
    return error(ErrorKind::invalid,
                 "objective.joule gives the worth of energy, but the edge's power is missing; set "
                 "objective.computing_watts, objective.sending_watts or objective.waiting_watts");
  return decide::Objective{.seconds_per_joule = seconds(o.joule),
                           .seconds_per_cloud_second = seconds(o.cloud_second),
                           .seconds_per_mib = seconds(o.sent_mib),
                           .computing_watts = o.computing_watts,
                           .sending_watts = o.sending_watts,
                           .waiting_watts = o.waiting_watts};
}

// Returns invalid unless the table has a plan that may be served.
Result<void> check_table(const config::Config& config, const NamedModel& named, const table::PartitionTable* table,
                         decide::PolicyKind kind, const plan::Constraints& constraints) {
  if (!table)
    return error(ErrorKind::invalid,
                 "the policy {} needs a table for {}; measure one with --profile and give it with --table", name(kind),
                 named.name);
  const auto why = contradiction(constraints, plans_of(*table));
  if (!why) return {};
  if (named.model->holds_all()) return error(ErrorKind::invalid, "{}: {}", named.name, *why);
  return error(ErrorKind::invalid,
               "{}, and the table has no such plan that may be served ({}); measure one here with --profile",
               held_text(config, named), *why);
}

// Returns why the configured plan may not be served.
Error not_allowed(const plan::Plan& plan, const plan::Constraints& constraints, const std::string& name) {
  if (constraints.accuracy && !constraints.accuracy->allows(plan))
    return not_accurate(plan, *constraints.accuracy, name);
  return error(ErrorKind::invalid, "cut {} ({}) of {} is forbidden by {}; choose another cut, or relax the constraint",
               plan.cut, plan::name(plan.codec), name, why_forbidden(constraints, plan, Bytes{}));
}

Result<std::uint32_t> fixed_cut(const config::Config& config, const NamedModel& named) {
  const std::uint32_t last = named.model->last_cut();
  const std::uint32_t cut = config.edge.cut.value_or(named.model->deepest_cut());
  if (cut > last)
    return error(ErrorKind::invalid, "{} has no cut {}; its cuts are 0 (cloud-only) to {} (edge-only); see --inspect",
                 named.name, cut, last);
  if (cut > named.model->deepest_cut())
    return error(ErrorKind::invalid, "{}, so cut {} cannot be served; choose an earlier cut, or raise edge.memory",
                 held_text(config, named), cut);
  if (cut < last && config.edge.peers.empty())
    return error(ErrorKind::invalid, "cut {} of {} needs a cloud; give one with --peer HOST:PORT", cut, named.name);
  return cut;
}

// The plan that the static policy holds.
Result<plan::Plan> fixed_plan(const config::Config& config, const NamedModel& named,
                              const plan::Constraints& constraints) {
  const auto cut = fixed_cut(config, named);
  if (!cut) return cut.error();
  const model::Model& model = *named.model;
  plan::Plan plan{model.digest(), *cut, *cut == model.last_cut() ? plan::Codec::fp32 : config.edge.codec};
  if (is_of_images(plan.codec) && (plan.cut > 0 || !named.image))
    return error(
        ErrorKind::invalid,
        "the codec {} is for cut 0 of a model with --image, and {} is served at cut {}{}; choose another codec",
        plan::name(plan.codec), named.name, plan.cut, named.image ? "" : " without --image");
  if (!constraints.allows(plan)) return not_allowed(plan, constraints, named.name);
  return plan;
}

}  // namespace

Result<std::shared_ptr<const decide::Policy>> choose_policy(const config::Config& config, const NamedModel& named,
                                                            const std::shared_ptr<const table::PartitionTable>& table) {
  const model::Model& model = *named.model;
  if (!model.holds_all() && config.edge.peers.empty())
    return error(ErrorKind::invalid, "{}, and the rest needs a cloud; give one with --peer HOST:PORT",
                 held_text(config, named));
  auto constraints = constraints_of(config, named, table.get());
  if (!constraints) return constraints.error();
  const decide::PolicyKind kind = kind_of(config, table.get());
  decide::PolicySettings settings{.table = table,
                                  .edge_only = {model.digest(), model.last_cut(), plan::Codec::fp32},
                                  .hysteresis = config.edge.hysteresis,
                                  .swap_cost = config.edge.swap_cost,
                                  .constraints = *std::move(constraints)};
  if (needs_table(kind)) {
    const auto fits = check_table(config, named, table.get(), kind, settings.constraints);
    if (!fits) return fits.error();
    const auto objective = objective_of(config);
    if (!objective) return objective.error();
    settings.objective = *objective;
  } else {
    auto plan = fixed_plan(config, named, settings.constraints);
    if (!plan) return plan.error();
    settings.plan = *std::move(plan);
  }
  return make_policy(kind, settings);
}

bool asks_accuracy(const config::Config& config) {
  return config.edge.min_top1 || config.edge.max_error || config.edge.min_accuracy;
}

std::optional<Precision> wanted_of_cloud(const config::Config& config, const table::PartitionTable* table) {
  if (table) return table->origin().precisions.cloud;
  return asks_accuracy(config) ? std::optional(Precision::fp32) : std::nullopt;
}

plan::Plan deepest_plan(const model::Model& model) {
  return {model.digest(), model.deepest_cut(), plan::Codec::fp32};
}

std::vector<plan::Plan> plans_to_warm(const config::Config& config, const model::Model& model,
                                      const table::PartitionTable* table) {
  std::vector<plan::Plan> plans{deepest_plan(model)};
  if (table)
    for (const table::Estimate& e : table->unstressed().estimates) plans.push_back(e.plan);
  if (config.edge.cut) plans.push_back({model.digest(), *config.edge.cut, config.edge.codec});
  std::erase_if(plans, [held = held_by(model)](const plan::Plan& plan) { return !held.allows(plan); });
  return plans;
}

std::string held_text(const config::Config& config, const NamedModel& named) {
  const model::Model& model = *named.model;
  return fmt::format("{}: {} of memory hold cuts 0 to {} of {} (all need {})", named.name,
                     to_string(config.edge.memory.value_or(Bytes{})), model.deepest_cut(), model.last_cut(),
                     to_string(model.cuts().back().head_memory));
}

}  // namespace tideline::modes
