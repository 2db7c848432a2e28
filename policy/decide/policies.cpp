#include "policy/decide/policies.h"

#include "policy/decide/adaptive_policy.h"
#include "policy/decide/static_policy.h"
#include "policy/decide/table_policy.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace tideline::decide {
namespace {

template <dispatch::Rule rule>
std::shared_ptr<const Policy> make_adaptive(const PolicySettings& s) {
  const AdaptivePolicy::Options options{
      .hysteresis = s.hysteresis, .swap_cost = s.swap_cost, .objective = s.objective, .rule = rule};
  return std::make_shared<AdaptivePolicy>(s.table, options, s.constraints);
}

std::shared_ptr<const Policy> make_by_table(const PolicySettings& s) {
  return std::make_shared<TablePolicy>(s.table, s.hysteresis, s.constraints);
}

std::shared_ptr<const Policy> make_static(const PolicySettings& s) {
  return std::make_shared<StaticPolicy>(s.plan, s.edge_only, s.constraints, s.table);
}

struct Entry {
  PolicyKind kind;
  std::string_view name;
  bool needs_table;
  std::shared_ptr<const Policy> (*make)(const PolicySettings&);
};
constexpr Entry kPolicies[] = {
    {PolicyKind::adaptive, "adaptive", true, make_adaptive<dispatch::Rule::finish>},
    {PolicyKind::table, "table", true, make_by_table},
    {PolicyKind::fixed, "static", false, make_static},
    {PolicyKind::shortest_queue, "shortest-queue", true, make_adaptive<dispatch::Rule::shortest_queue>},
    {PolicyKind::least_work, "least-work", true, make_adaptive<dispatch::Rule::least_work>},
};

const Entry& entry(PolicyKind kind) {
  return *std::ranges::find(kPolicies, kind, &Entry::kind);
}

}  // namespace

std::string_view name(PolicyKind kind) {
  return entry(kind).name;
}

std::vector<PolicyKind> all_policies() {
  std::vector<PolicyKind> all;
  for (const Entry& one : kPolicies) all.push_back(one.kind);
  return all;
}

Result<PolicyKind> parse_policy(std::string_view text) {
  std::string known;
  for (const Entry& one : kPolicies) {
    if (one.name == text) return one.kind;
    known += (known.empty() ? "" : &one == std::end(kPolicies) - 1 ? " or " : ", ") + std::string(one.name);
  }
  return error(ErrorKind::invalid, "'{}' is not a policy; use {}", text, known);
}

bool needs_table(PolicyKind kind) {
  return entry(kind).needs_table;
}

std::shared_ptr<const Policy> make_policy(PolicyKind kind, const PolicySettings& settings) {
  return entry(kind).make(settings);
}

}  // namespace tideline::decide
