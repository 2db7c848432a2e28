#include "runtime/app/modes/learning_measurements.h"

#include "policy/control/probe_gate.h"
#include "runtime/app/modes/learning_campaign.h"
#include "runtime/engine/engine_subject.h"
#include "runtime/engine/paced_subject.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <thread>

namespace tideline::modes {
namespace {

constexpr double kLearningShare = 0.25;  // Of the time.
constexpr Duration kOneTiming = std::chrono::seconds(5);
constexpr Duration kFirstRate = std::chrono::seconds(3);  // How long the first reading of the uplink may take.
constexpr Duration kUplinkLook = std::chrono::milliseconds(100);
constexpr Duration kProbePause = std::chrono::seconds(30);
constexpr Bytes kFirstProbe = 64_KiB;
constexpr std::uint32_t kLearningInputs = 4;
constexpr int kHeadAttempts = 3;

std::set<plan::Plan> plans_in(const table::PartitionTable* table) {
  std::set<plan::Plan> plans;
  if (table)
    for (const table::Estimate& e : table->unstressed().estimates) plans.insert(e.plan);
  return plans;
}

std::uint64_t requests_of(const engine::Engine& engine) {
  const auto served = engine.counters().served;
  return std::accumulate(served.begin(), served.end(), std::uint64_t{0});
}

}  // namespace

LearningMeasurements::LearningMeasurements(const LearningParts& parts, const std::atomic<bool>& stop)
    : parts_(parts), stop_(stop), limits_(learning_limits(parts.config)) {}

engine::Session::Parts LearningMeasurements::session_parts() const {
  return {.model = parts_.named.model,
          .image = parts_.named.image,
          .link = parts_.link,
          .traffic = parts_.traffic,
          .compute = parts_.compute,
          .rehearsals = &parts_.engine->rehearsals(),
          .patience = kOneTiming,
          .priority = std::numeric_limits<Priority>::max()};
}

engine::SampleInputs LearningMeasurements::sample_inputs(bool of_clients) const {
  const NamedModel& named = parts_.named;
  if (of_clients) return engine::SampleInputs::of_clients(parts_.kept->all());
  if (named.image) return engine::SampleInputs::random_images(named.image, 1, kLearningInputs);
  return engine::SampleInputs::random(named.model->inputs(), 1, kLearningInputs);
}

bool LearningMeasurements::can_try_steps() const {
  return parts_.kept && parts_.kept->has_enough() && step_limit(parts_.config);
}

Result<std::shared_ptr<const table::PartitionTable>> LearningMeasurements::measure(const link::LinkState& cloud,
                                                                                   const table::PartitionTable* known) {
  const TimePoint began = Clock::now();
  const NamedModel& named = parts_.named;
  const bool of_clients = known && can_try_steps();
  const engine::SampleInputs inputs = sample_inputs(of_clients);
  const engine::SampleInputs timed = inputs.first(kLearningInputs);
  const auto exact = engine::Reference::of(*named.model, timed.first(campaign::kLearningCompared));
  if (!exact) return exact.error();
  monitor::Monitor monitor({}, named.model->digest(), *parts_.traffic, parts_.link);
  engine::EngineSubject whole(session_parts(), monitor, *exact, timed);
  engine::PacedSubject subject(whole, parts_.engine->rehearsals(), stop_, {.share = kLearningShare});
  const auto here = subject.time(parts_.engine->edge_only());
  if (!here) return here.error();
  if ((!known || of_clients) && take(kFirstProbe, Clock::now())) monitor.probe(kFirstProbe, Clock::now());
  wait_for_uplink(began + kFirstRate);

  auto context = choose(cloud, here->terms.total(), known);
  if (!context) return context.error();
  Steps steps;
  if (of_clients) {
    auto measured = measure_steps(inputs, *known, monitor, subject);
    if (!measured) return measured.error();
    steps = *std::move(measured);
    add_steps(*context, steps.tried, steps.good);
    context->inputs = inputs.text();
  }
  if (const auto may = take(campaign::bytes_to_learn(context->candidates), Clock::now()); !may) return may.error();
  auto table = run_learning(*context, subject, steps.good, stop_);
  if (table)
    parts_.log->info("{}: moves the cut from now on: measured {} plans in {}, {} of it computing and sending",
                     named.name, context->candidates.size(), to_string(Clock::now() - began),
                     to_string(subject.taken()));
  return table;
}

// If the bytes of a day do not allow it, all other plans are measured all the same.
Result<LearningMeasurements::Steps> LearningMeasurements::measure_steps(const engine::SampleInputs& inputs,
                                                                        const table::PartitionTable& known,
                                                                        monitor::Monitor& monitor,
                                                                        engine::PacedSubject& paced) {
  const NamedModel& named = parts_.named;
  const auto all = step_candidates(parts_.config, named);
  if (!all) return all.error();
  Steps steps;
  steps.tried = campaign::steps_to_learn(*all, named.model->last_cut(), limits_, heads(*all, known, paced),
                                         parts_.traffic->read(Clock::now()).now.uplink, longest({}, &known));
  if (const auto may = take(campaign::bytes_to_try(steps.tried, inputs.size()), Clock::now()); !may) {
    parts_.log->warn("{}: does not measure what steps lose: {}", named.name, may.error().message);
    return Steps{};
  }
  auto good = try_steps({session_parts(), monitor, *parts_.traffic, inputs, steps.tried, *step_limit(parts_.config)},
                        paced, stop_);
  if (!good) return good.error();
  steps.good = *std::move(good);
  parts_.log->info("{}: tried {} plans that send steps over {}: {} of them are accurate enough and send least",
                   named.name, steps.tried.size(), inputs.text(), steps.good.size());
  return steps;
}

// Of each cut with steps: from the table, or else by a run on zeros. One that cannot be timed now is left out.
std::map<std::uint32_t, Duration> LearningMeasurements::heads(std::span<const journal::Candidate> steps,
                                                              const table::PartitionTable& known,
                                                              engine::PacedSubject& paced) const {
  std::map<std::uint32_t, Duration> heads;
  for (const table::Estimate& one : known.unstressed().estimates) heads[one.plan.cut] = one.mean.head;
  for (const journal::Candidate& one : steps) {
    const plan::Plan plan{one.plan.model, one.plan.cut, plan::Codec::fp32};
    if (heads.contains(plan.cut) || stop_ || !parts_.engine->warm(plan)) continue;
    for (int attempt = 0; attempt < kHeadAttempts && !heads.contains(plan.cut); ++attempt) {
      const auto ran = paced.run([&]() -> Result<void> {
        const auto rehearsed = parts_.engine->rehearse(plan);
        if (rehearsed && rehearsed->ended) heads[plan.cut] = rehearsed->took;
        return {};
      });
      if (!ran) break;  // It was stopped.
    }
  }
  return heads;
}

Result<journal::Context> LearningMeasurements::choose(const link::LinkState& cloud, Duration whole_here,
                                                      const table::PartitionTable* known) const {
  auto context = learning_campaign(parts_.config, parts_.named, cloud);
  if (!context) return context;
  const auto uplink = parts_.traffic->read(Clock::now()).now.uplink;
  context->candidates =
      campaign::choose_to_learn(context->candidates, uplink, longest(whole_here, known), plans_in(known)).now;
  return context;
}

Result<LearnedPlans> LearningMeasurements::compare(const table::PartitionTable& table,
                                                   const link::LinkState& cloud) const {
  const auto context = learning_campaign(parts_.config, parts_.named, cloud);
  if (!context) return context.error();
  const std::set<plan::Plan> known = plans_in(&table);
  const auto has = [&](const journal::Candidate& one) { return known.contains(one.plan); };
  return LearnedPlans{
      .candidates = context->candidates.size(),
      .known = static_cast<std::size_t>(std::ranges::count_if(context->candidates, has)),
      .more_from =
          campaign::choose_to_learn(context->candidates, BitsPerSecond{0}, longest({}, &table), known).more_from};
}

// Of an upload that is worth a measurement. A single reading of the network here may be too short.
Duration LearningMeasurements::longest(Duration whole_here, const table::PartitionTable* known) const {
  const table::Estimate* const before = known ? known->unstressed().find(known->edge_only()) : nullptr;
  return campaign::longest_upload(limits_, std::max(whole_here, before ? before->mean.total() : Duration{}));
}

Result<void> LearningMeasurements::take(Bytes bytes, TimePoint now) {
  const campaign::SentToday sent{sent_.last_day(now), parts_.traffic->sent_today(now)};
  if (const auto may = campaign::check_bytes(bytes, limits_, sent); !may) return may;
  sent_.add(bytes, now);
  return {};
}

void LearningMeasurements::wait_for_uplink(TimePoint until) const {
  while (!stop_ && !parts_.traffic->read(Clock::now()).now.uplink && Clock::now() < until)
    std::this_thread::sleep_for(kUplinkLook);
}

void LearningMeasurements::probe(BitsPerSecond rate, TimePoint now) {
  const std::uint64_t requests = requests_of(*parts_.engine);
  if (now < next_probe_ || requests == requests_) return;
  const auto seen = parts_.traffic->read(now);
  const Bytes size = control::probe_size(std::max(rate, seen.now.uplink.value_or(rate)), seen.uplink_is_bound);
  if (!take(size, now)) return;
  requests_ = requests;
  next_probe_ = now + kProbePause;
  parts_.traffic->on_sent(size, now);
  parts_.link->probe(size);
}

}  // namespace tideline::modes
