// Context, Sample, Measurements: what a journal of measurements holds. Values; the file format is in
// profiler/README.md.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/table/table.h"
#include "profiler/journal/subject.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// A plan as the profiler needs it: what is shown of its cut travels along.
struct Candidate {
  Plan plan;
  std::string cut_name;
  Bytes bytes;  // Of the tensors that cross, before any codec; 0 for edge-only.

  bool operator==(const Candidate&) const = default;
};

// Which cells are measured: all, or those from which the others follow where each side has its own part in a request.
enum class Method { exhaustive, separable };

std::string_view name(Method method);
Result<Method> parse_method(std::string_view text);

// What a campaign measures and on what. Two journals with equal contexts belong to one campaign.
struct Context {
  std::string model;  // Digest.
  std::string model_name;
  std::uint32_t cuts = 0;
  std::vector<Stress> cells;  // The first is the baseline that slowdowns are relative to.
  std::vector<Candidate> candidates;
  Method method = Method::exhaustive;
  std::uint32_t shards = 1;                 // Parts that the campaign is divided into.
  std::optional<std::uint32_t> shard;       // The part that is measured here; absent: all of them.
  std::vector<std::uint32_t> anchors;       // Candidates that are measured again and again in the baseline.
  std::uint32_t repetitions = 0;            // Most, per candidate and cell.
  std::uint32_t compared = 0;               // Inputs over which the agreement of a candidate is measured.
  std::uint64_t seed = 0;                   // Of the order of measurement.
  std::map<std::string, std::string> edge;  // Fingerprints.
  std::map<std::string, std::string> cloud;
  Precisions precisions;
  std::string created;  // ISO 8601, UTC. Not compared when a campaign is resumed.
};

struct Sample {
  std::uint32_t cell = 0;       // Index into Context::cells.
  std::uint32_t candidate = 0;  // Index into Context::candidates.
  std::uint32_t repetition = 0;
  Terms terms;
  Conditions seen;
  Bytes wire;     // What crossed the link, headers excluded.
  Duration at{};  // Since the campaign began, stops not counted.

  bool operator==(const Sample&) const = default;
};

// A candidate measured in the baseline, between other cells, to see whether the machines are still what they were.
struct AnchorSample {
  std::uint32_t shard = 0;
  std::uint32_t visit = 0;  // To the baseline, from 0, by shard.
  std::uint32_t candidate = 0;
  std::uint32_t repetition = 0;
  Terms terms;
  Duration at{};  // Since the shard began, stops not counted.

  bool operator==(const AnchorSample&) const = default;
};

// All that is known of a campaign. `agreements` has one place for each candidate, the last three one for each cell.
struct Measurements {
  Context context;
  std::vector<Sample> samples;
  std::vector<AnchorSample> anchors;
  std::vector<std::optional<Agreement>> agreements;
  std::vector<std::optional<ImposedLoad>> imposed;        // The last time.
  std::vector<std::optional<std::string>> unreached;  // Why the cell could not be imposed, the last time.
  std::vector<bool> finished;                         // Cells that need no more measurements.
};

}  // namespace tideline
