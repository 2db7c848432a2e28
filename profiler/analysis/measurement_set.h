// MeasurementSet: the measured times of plans under conditions, of any origin; the input of the analysis.
//
// A value. Conditions are in the order of their stress, the least stressed first. Each condition and each plan has a
// timing.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/plan.h"
#include "policy/table/table.h"
#include "profiler/journal/journal.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline::analysis {

struct MeasuredPlan {
  std::uint32_t cut = 0;
  plan::Codec codec = plan::Codec::fp32;
  std::string cut_name;                        // Empty if unknown.
  std::optional<double> sent{};                // Mean bytes on the link of a request; absent if unknown.
  std::optional<plan::Agreement> agreement{};  // Absent if it was not measured.

  bool operator==(const MeasuredPlan&) const = default;
};

std::string to_string(const MeasuredPlan& plan);  // "cut 3", "cut 3 q4"

struct TimedPlan {
  std::uint32_t condition = 0;  // Index into MeasurementSet::conditions.
  std::uint32_t plan = 0;       // Index into MeasurementSet::plans.
  table::Terms terms;           // None is negative.

  bool operator==(const TimedPlan&) const = default;
};

struct MeasurementSet {
  std::string model;  // Its name.
  std::vector<plan::Stress> conditions;
  std::vector<MeasuredPlan> plans;
  std::vector<TimedPlan> timings;          // Any number for each plan and condition.
  std::optional<std::uint32_t> edge_only;  // The cut after which nothing is left for the cloud, if there is one.
  bool every_term = true;                  // Whether encoding and queueing were measured separately.
  std::vector<std::string> remarks;        // What is missing or was left out, one sentence each.

  bool operator==(const MeasurementSet&) const = default;
};

// Returns `found` without conditions and plans that have no timing, and with the conditions in order. Returns invalid
// if there is no timing, only one plan, or a time that is negative or longer than a day.
Result<MeasurementSet> tidied(MeasurementSet found);

// Returns the contents of our journal, as tidied() does.
Result<MeasurementSet> study_of(const journal::Journal& journal);

}  // namespace tideline::analysis
