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

Result<std::shared_ptr<const table::PartitionTable>> LearningMeasurements::measure(const link::LinkState& cloud,
                                                                                   const table::PartitionTable* known) {
  const TimePoint began = Clock::now();
  const NamedModel& named = parts_.named;
  const auto inputs = named.image ? engine::SampleInputs::random_images(named.image, 1, kLearningInputs)
                                  : engine::SampleInputs::random(named.model->inputs(), 1, kLearningInputs);
  const auto exact = engine::Reference::of(*named.model, inputs.first(campaign::kLearningCompared));
  if (!exact) return exact.error();
  monitor::Monitor monitor({}, named.model->digest(), *parts_.traffic, parts_.link);
  engine::EngineSubject whole({.model = named.model,
                               .image = named.image,
                               .link = parts_.link,
                               .traffic = parts_.traffic,
                               .compute = parts_.compute,
                               .rehearsals = &parts_.engine->rehearsals(),
                               .patience = kOneTiming,
                               .priority = std::numeric_limits<Priority>::max()},
                              monitor, *exact, inputs);
  engine::PacedSubject subject(whole, parts_.engine->rehearsals(), stop_, {.share = kLearningShare});
  const auto here = subject.time(parts_.engine->edge_only());
  if (!here) return here.error();
  if (!known && take(kFirstProbe, Clock::now())) monitor.probe(kFirstProbe, Clock::now());
  wait_for_uplink(began + kFirstRate);

  const auto context = choose(cloud, here->terms.total(), known);
  if (!context) return context.error();
  if (const auto may = take(campaign::bytes_to_learn(context->candidates), Clock::now()); !may) return may.error();
  auto table = run_learning(*context, subject, stop_);
  if (table)
    parts_.log->info("{}: moves the cut from now on: measured {} plans in {}, {} of it computing and sending",
                     named.name, context->candidates.size(), to_string(Clock::now() - began),
                     to_string(subject.taken()));
  return table;
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
  const Bytes size = control::probe_size(std::max(rate, parts_.traffic->read(now).now.uplink.value_or(rate)));
  if (!take(size, now)) return;
  requests_ = requests;
  next_probe_ = now + kProbePause;
  parts_.traffic->on_sent(size, now);
  parts_.link->probe(size);
}

}  // namespace tideline::modes
