#include "policy/plan/constraints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>

namespace tideline::plan {
namespace {

// One permanent constraint by itself, with its name for the operator.
struct Part {
  std::string_view name;
  Constraints alone;
};

// Returns `all` with only one of its limits on sent bytes.
std::optional<TrafficLimit> per_request(const std::optional<TrafficLimit>& all) {
  if (!all || !all->per_request) return std::nullopt;
  TrafficLimit one = *all;
  one.per_day.reset();
  return one;
}

std::optional<TrafficLimit> per_day(const std::optional<TrafficLimit>& all) {
  if (!all || !all->per_day) return std::nullopt;
  TrafficLimit one = *all;
  one.per_request.reset();
  return one;
}

std::vector<Part> parts(const Constraints& all) {
  std::vector<Part> parts;
  if (all.deepest_cut) parts.push_back({"the memory budget", {.deepest_cut = all.deepest_cut}});
  if (all.accuracy)
    parts.push_back({all.accuracy->is_default() ? "the default accuracy" : "the accuracy that is asked",
                     {.deepest_cut = {}, .accuracy = all.accuracy}});
  if (all.first_cut)
    parts.push_back({"the first cut that may leave the edge", {.deepest_cut = {}, .first_cut = all.first_cut}});
  if (auto sending = per_request(all.sending))
    parts.push_back({"the bytes per request", {.deepest_cut = {}, .sending = std::move(sending)}});
  if (auto sending = per_day(all.sending))
    parts.push_back({"the bytes per day", {.deepest_cut = {}, .sending = std::move(sending)}});
  return parts;
}

// A plan and the traffic to check it against.
struct Asked {
  const Plan& plan;
  std::optional<Bytes> sent;  // Today.
  std::uint64_t batch = 1;
};

// Says why the plan exceeds the limit. REQUIRES: `sending` has one limit, and the plan exceeds it.
std::string too_much(const TrafficLimit& sending, const Asked& asked) {
  const auto wire = sending.wire.find(asked.plan);
  if (wire == sending.wire.end()) return "its size is unknown";
  std::string sends = "it sends " + to_string(wire->second);
  if (asked.batch > 1) sends += fmt::format(" for each of {}", asked.batch);
  if (sending.per_request) return fmt::format("{}, and {} are allowed", sends, to_string(*sending.per_request));
  if (!asked.sent) return "today's traffic is unknown";
  return fmt::format("{}, and of {} were sent {}", sends, to_string(*sending.per_day), to_string(*asked.sent));
}

// REQUIRES: `alone` has one constraint, which forbids the plan.
std::string reason(const Constraints& alone, const Asked& asked) {
  if (alone.deepest_cut) return fmt::format("heads up to cut {} are held", *alone.deepest_cut);
  if (alone.first_cut) return fmt::format("cut {} comes before cut {}", asked.plan.cut, *alone.first_cut);
  if (alone.sending) return too_much(*alone.sending, asked);
  const AccuracyLimit& accuracy = *alone.accuracy;
  if (accuracy.is_default() && accuracy.inputs_of_steps() < kDefaultInputs)
    return fmt::format("that needs {} real inputs", kDefaultInputs);
  const auto known = accuracy.measured.find(asked.plan);
  if (known == accuracy.measured.end()) return "it was not measured";
  if (accuracy.min_accuracy && !known->second.counted())
    return fmt::format("its accuracy was not measured; it has {}", to_string(known->second));
  return "it has " + to_string(known->second);
}

}  // namespace

bool TrafficLimit::allows(const Plan& plan, std::optional<Bytes> sent, std::uint64_t batch) const {
  if (plan.cut == last_cut || (!per_request && !per_day)) return true;
  const auto found = wire.find(plan);
  if (found == wire.end()) return false;
  const auto fits = [&](std::uint64_t room) { return found->second.count <= room / std::max<std::uint64_t>(batch, 1); };
  if (per_request && !fits(per_request->count)) return false;
  return !per_day || (sent && *sent <= *per_day && fits(per_day->count - sent->count));
}

bool TrafficLimit::allows(Bytes size, std::optional<Bytes> sent) const {
  return (!per_day || (sent && *sent <= *per_day)) && size <= most(sent).value_or(size);
}

std::optional<Bytes> TrafficLimit::most(std::optional<Bytes> sent) const {
  if (!per_day) return per_request;
  const Bytes left{sent && *sent <= *per_day ? per_day->count - sent->count : 0};
  return std::min(left, per_request.value_or(left));
}

bool Constraints::allows(const Plan& plan) const {
  return allows(plan, Bytes{});
}

bool Constraints::allows(const Plan& plan, std::optional<Bytes> sent, std::uint64_t batch) const {
  return (!deepest_cut || plan.cut <= *deepest_cut) && (!first_cut || plan.cut >= *first_cut) &&
         (!accuracy || accuracy->allows(plan)) && (!sending || sending->allows(plan, sent, batch));
}

std::vector<std::string_view> forbidding(const Constraints& constraints, const Plan& plan, std::optional<Bytes> sent) {
  std::vector<std::string_view> names;
  for (const Part& part : parts(constraints))
    if (!part.alone.allows(plan, sent)) names.push_back(part.name);
  return names;
}

std::string why_forbidden(const Constraints& constraints, const Plan& plan, std::optional<Bytes> sent,
                          std::uint64_t batch) {
  std::vector<std::string> reasons;
  for (const Part& part : parts(constraints))
    if (!part.alone.allows(plan, sent, batch))
      reasons.push_back(fmt::format("{} ({})", part.name, reason(part.alone, {plan, sent, batch})));
  return fmt::format("{}", fmt::join(reasons, " and "));
}

std::optional<std::string> contradiction(const Constraints& constraints, std::span<const Plan> plans) {
  if (std::ranges::any_of(plans, [&](const Plan& plan) { return constraints.allows(plan); })) return std::nullopt;
  const std::vector<Part> all = parts(constraints);
  std::vector<std::string_view> fewest;
  for (unsigned chosen = 1; chosen < 1U << all.size(); ++chosen) {
    const auto forbids = [&](const Plan& plan) {
      for (std::size_t i = 0; i < all.size(); ++i)
        if ((chosen >> i & 1) && !all[i].alone.allows(plan)) return true;
      return false;
    };
    if (!fewest.empty() && static_cast<std::size_t>(std::popcount(chosen)) >= fewest.size()) continue;
    if (!std::ranges::all_of(plans, forbids)) continue;
    fewest.clear();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (chosen >> i & 1) fewest.push_back(all[i].name);
  }
  if (fewest.empty()) return "the table has no plan; measure one with --profile";
  if (fewest.size() == 1) return fmt::format("no plan satisfies {}; relax it", fewest.front());
  return fmt::format("no plan satisfies {} together; relax one of them", fmt::join(fewest, " and "));
}

}  // namespace tideline::plan
