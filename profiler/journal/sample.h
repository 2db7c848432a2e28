// Sample, Context, Measurements: the contents of a journal of measurements. Values; the file format is in
// profiler/README.md.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/table/table.h"
#include "profiler/journal/subject.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::journal {

// A plan that the profiler measures, with the displayed name of its cut.
struct Candidate {
  plan::Plan plan;
  std::string cut_name;
  Bytes bytes;  // Size of the sent tensors before any codec; 0 for edge-only.

  bool operator==(const Candidate&) const = default;
};

// Which cells are measured: all of them, or only those in which one side is stressed, from which the others are
// predicted.
enum class Method { exhaustive, separable };

std::string_view name(Method method);
Result<Method> parse_method(std::string_view text);

// The subject of a campaign. Two journals with equal contexts belong to one campaign.
struct Context {
  std::string model;  // Digest.
  std::string model_name;
  std::uint32_t cuts = 0;
  std::vector<plan::Stress> cells;  // The first is the baseline: slowdowns are relative to it.
  std::vector<Candidate> candidates;
  Method method = Method::exhaustive;
  std::uint32_t shards = 1;                 // Number of parts of the campaign.
  std::optional<std::uint32_t> shard;       // The part of this journal; absent: the whole campaign.
  std::vector<std::uint32_t> anchors;       // Candidates that are measured repeatedly in the baseline.
  std::uint32_t repetitions = 0;            // Maximum per candidate and cell.
  std::uint32_t compared = 0;               // Number of inputs for a candidate's agreement.
  std::uint64_t seed = 0;                   // Of the order of measurement.
  std::map<std::string, std::string> edge;  // Fingerprints.
  std::map<std::string, std::string> cloud;
  plan::Precisions precisions;
  std::string inputs;    // Over which the plans are measured, as "190 images"; empty: random numbers.
  std::string sequence;  // Over which bytes in a stream are measured, as "40 frames"; empty: they are not.
  std::string created;   // ISO 8601, UTC. Not compared when a campaign is resumed.

  bool has_real_inputs() const { return plan::are_real(inputs); }
};

struct Sample {
  std::uint32_t cell = 0;       // Index into Context::cells.
  std::uint32_t candidate = 0;  // Index into Context::candidates.
  std::uint32_t repetition = 0;
  table::Terms terms;
  plan::Conditions seen;
  Bytes wire;     // Bytes on the link, without headers.
  Duration at{};  // Since the campaign began, without interruptions.

  bool operator==(const Sample&) const = default;
};

// A measurement of a candidate in the baseline, between other cells. It shows whether the machines have changed.
struct AnchorSample {
  std::uint32_t shard = 0;
  std::uint32_t visit = 0;  // Ordinal of the visit to the baseline, from 0, by shard.
  std::uint32_t candidate = 0;
  std::uint32_t repetition = 0;
  table::Terms terms;
  Duration at{};  // Since the shard began, without interruptions.

  bool operator==(const AnchorSample&) const = default;
};

// What a refresh has kept from before the baseline was measured again: cells, and the samples of the former baseline,
// to which the effects of these cells are related.
struct Kept {
  std::set<std::uint32_t> cells;
  std::vector<Sample> former;  // Of cell 0.

  bool holds(std::uint32_t cell) const { return cells.contains(cell); }
  bool operator==(const Kept&) const = default;
};

// All measurements of a campaign. `agreements` and `streams` have one entry per candidate, the three members after
// them one per cell.
struct Measurements {
  Context context;
  std::vector<Sample> samples;
  std::vector<AnchorSample> anchors;
  std::vector<std::optional<plan::Agreement>> agreements;
  std::vector<std::optional<Bytes>> streams;          // Mean bytes of a frame after the first.
  std::vector<std::optional<ImposedLoad>> imposed;    // The latest.
  std::vector<std::optional<std::string>> unreached;  // Why the cell could not be imposed; the latest.
  std::vector<bool> finished;                         // Cells that need no more measurements.
  Kept kept{};
};

// Returns the measurements of a campaign that has measured nothing yet.
Measurements begun(Context context);

}  // namespace tideline::journal
