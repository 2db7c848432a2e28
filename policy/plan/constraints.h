// Constraints: which plans may be served, whatever their predicted cost.
//
// A value. An absent constraint forbids nothing. Policies choose only plans that allows() accepts, and so do probes and
// fallbacks. Thread-safe.
//
//   Constraints constraints{.deepest_cut = 5};        // The edge has memory for the heads of cuts 0 to 5.
//   constraints.first_cut = 2;                        // Privacy: the tensors of cuts 0 and 1 stay on the edge.
//   if (!constraints.allows(plan, sent_today)) log(why_forbidden(constraints, plan, sent_today));
//   if (auto conflict = contradiction(constraints, plans)) return error(ErrorKind::invalid, "{}", *conflict);
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

namespace tideline::plan {

// Limits on sent bytes. A plan of unknown wire size is forbidden, unless it sends nothing. The wire size is that of a
// batch of one; a batch of n sends n times as much. The bytes of some codecs depend on the input: for these the wire
// size is a mean, and most() holds for what a request turns out to send.
struct TrafficLimit {
  std::optional<Bytes> per_request;
  std::optional<Bytes> per_day;
  std::uint32_t last_cut = 0;    // Edge-only: sends nothing.
  std::map<Plan, Bytes> wire{};  // Sent bytes of each plan: measured, or an upper bound.

  // Returns true iff the plan satisfies per_request, and per_day after `sent` bytes today. If `sent` is absent and
  // per_day is set, only plans that send nothing are allowed.
  bool allows(const Plan& plan, std::optional<Bytes> sent, std::uint64_t batch = 1) const;
  // Returns the same for a request of exactly `size` bytes, as an image file has them.
  bool allows(Bytes size, std::optional<Bytes> sent) const;
  // Returns the most bytes that a request may send, after `sent` bytes today; absent if there is no limit.
  std::optional<Bytes> most(std::optional<Bytes> sent) const;
  bool operator==(const TrafficLimit&) const = default;
};

struct Constraints {
  std::optional<std::uint32_t> deepest_cut;  // The last cut whose head fits in the edge's memory.
  std::optional<AccuracyLimit> accuracy{};   // Required closeness to the answers in fp32.
  std::optional<std::uint32_t> first_cut{};  // Privacy: the first cut whose tensors may leave the edge.
  std::optional<TrafficLimit> sending{};
  // A preference, not a ban: policies choose among the plans whose predicted p95 meets it, if there are any.
  std::optional<Duration> deadline{};

  // Returns true iff no permanent constraint forbids the plan. Ignores the daily budget.
  bool allows(const Plan& plan) const;
  // Returns true iff nothing forbids the plan for a batch of that size, after `sent` bytes today.
  bool allows(const Plan& plan, std::optional<Bytes> sent, std::uint64_t batch = 1) const;
  bool operator==(const Constraints&) const = default;
};

// Returns the names of the constraints that forbid the plan after `sent` bytes today; empty iff it is allowed.
std::vector<std::string_view> forbidding(const Constraints& constraints, const Plan& plan, std::optional<Bytes> sent);

// Returns the same names with reasons: "the bytes per request (it sends 48.0 KiB, and 40.0 KiB are allowed) and ...";
// empty iff the plan is allowed.
std::string why_forbidden(const Constraints& constraints, const Plan& plan, std::optional<Bytes> sent,
                          std::uint64_t batch = 1);

// Returns nothing iff `constraints` allow one of `plans`. Else returns one sentence that names a smallest set of
// constraints that together forbid all of them, and a remedy.
std::optional<std::string> contradiction(const Constraints& constraints, std::span<const Plan> plans);

}  // namespace tideline::plan
