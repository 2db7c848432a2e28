#include "policy/constraints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>

namespace tideline {
namespace {

// The constraints that hold for good, each by itself, under a name for the operator.
struct Part {
  std::string_view name;
  Constraints alone;
};

std::vector<Part> parts(const Constraints& all) {
  std::vector<Part> parts;
  if (all.deepest_cut) parts.push_back({"the memory budget", {.deepest_cut = all.deepest_cut}});
  if (all.accuracy) parts.push_back({"the accuracy that is asked", {.deepest_cut = {}, .accuracy = all.accuracy}});
  if (all.first_cut)
    parts.push_back({"the first cut that may leave the edge", {.deepest_cut = {}, .first_cut = all.first_cut}});
  if (all.sending && all.sending->per_request)
    parts.push_back({"the bytes per request", {.deepest_cut = {}, .sending = all.sending}});
  return parts;
}

bool day_is_over(const std::optional<Sending>& sending, const Plan& plan, std::optional<Bytes> sent) {
  return sending && sending->allows(plan, Bytes{}) && !sending->allows(plan, sent);
}

}  // namespace

bool Sending::allows(const Plan& plan, std::optional<Bytes> sent) const {
  if (plan.cut == last_cut || (!per_request && !per_day)) return true;
  const auto found = wire.find(plan);
  if (found == wire.end() || (per_request && found->second > *per_request)) return false;
  return !per_day || (sent && *sent <= *per_day && found->second.count <= per_day->count - sent->count);
}

bool Constraints::allows(const Plan& plan) const {
  return allows(plan, Bytes{});
}

bool Constraints::allows(const Plan& plan, std::optional<Bytes> sent) const {
  return (!deepest_cut || plan.cut <= *deepest_cut) && (!first_cut || plan.cut >= *first_cut) &&
         (!accuracy || accuracy->allows(plan)) && (!sending || sending->allows(plan, sent));
}

std::vector<std::string_view> forbidding(const Constraints& constraints, const Plan& plan, std::optional<Bytes> sent) {
  std::vector<std::string_view> names;
  for (const Part& part : parts(constraints))
    if (!part.alone.allows(plan)) names.push_back(part.name);
  if (day_is_over(constraints.sending, plan, sent)) names.emplace_back("the bytes per day");
  return names;
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
  if (fewest.empty()) return "the table has no plan at all; measure one with --profile";
  if (fewest.size() == 1) return fmt::format("{} forbids every plan there is; ask for less", fewest.front());
  return fmt::format("{} together forbid every plan there is; give up one of them", fmt::join(fewest, " and "));
}

}  // namespace tideline
