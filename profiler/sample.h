// Sample, Context: the lines of a journal of measurements. Values; the file format is in profiler/README.md.
#pragma once

#include "policy/agreement.h"
#include "policy/conditions.h"
#include "policy/table.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tideline {

// A plan as the profiler needs it: what is shown of its cut travels along.
struct Candidate {
  Plan plan;
  std::string cut_name;

  bool operator==(const Candidate&) const = default;
};

// What a campaign measures and on what. Two journals with equal contexts belong to one campaign.
struct Context {
  std::string model;  // Digest.
  std::string model_name;
  std::uint32_t cuts = 0;
  std::vector<Stress> cells;  // The first is the baseline that slowdowns are relative to.
  std::vector<Candidate> candidates;
  std::uint32_t repetitions = 0;            // Per candidate and cell.
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
  Bytes wire;  // What crossed the link, headers excluded.

  bool operator==(const Sample&) const = default;
};

}  // namespace tideline
