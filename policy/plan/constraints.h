// Constraints: which plans may be served at all, whatever they are predicted to cost.
//
// A value. What is absent forbids nothing. Policies choose only among the plans that allows() accepts, in every branch;
// so does whoever proposes a plan for a probe or a fall-back. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/plan.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// How much may be sent. A plan of whose wire nothing is known may not be served, unless it sends nothing. The wire is
// that of a batch of one; a larger one sends so many times as much.
struct TrafficLimit {
  std::optional<Bytes> per_request;
  std::optional<Bytes> per_day;
  std::uint32_t last_cut = 0;    // Edge-only: sends nothing.
  std::map<Plan, Bytes> wire{};  // What plans send: as measured, or at most.

  // Returns true iff the plan keeps per_request, and per_day after `sent` today; where that is absent, though it
  // matters, only what sends nothing does.
  bool allows(const Plan& plan, std::optional<Bytes> sent, std::uint64_t batch = 1) const;
  bool operator==(const TrafficLimit&) const = default;
};

struct Constraints {
  std::optional<std::uint32_t> deepest_cut;  // The last cut whose head the edge holds in memory.
  std::optional<AccuracyLimit> accuracy{};        // How near the answers must come to those in fp32.
  std::optional<std::uint32_t> first_cut{};  // Privacy: the first cut whose tensors may leave the edge.
  std::optional<TrafficLimit> sending{};
  // A wish and not a ban, unlike the others: among the plans whose predicted p95 keeps it, if there is any.
  std::optional<Duration> deadline{};

  // Returns true iff nothing forbids the plan that holds for good: the budget of a day is not asked.
  bool allows(const Plan& plan) const;
  // Returns true iff nothing forbids the plan, for a request of that batch, after `sent` bytes today.
  bool allows(const Plan& plan, std::optional<Bytes> sent, std::uint64_t batch = 1) const;
  bool operator==(const Constraints&) const = default;
};

// Returns which of the constraints forbid the plan after `sent` bytes today, in words; none iff it is allowed.
std::vector<std::string_view> forbidding(const Constraints& constraints, const Plan& plan, std::optional<Bytes> sent);

// Returns the same with what each of them is about: "the bytes per request (it sends 48.0 KiB of at most 40.0 KiB) and
// ..."; empty iff the plan is allowed.
std::string why_forbidden(const Constraints& constraints, const Plan& plan, std::optional<Bytes> sent,
                          std::uint64_t batch = 1);

// Returns nothing iff `constraints` leave one of `plans`; else one sentence that names the fewest constraints that
// together forbid all of them, and says what to do.
std::optional<std::string> contradiction(const Constraints& constraints, std::span<const Plan> plans);

}  // namespace tideline
