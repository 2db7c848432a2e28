// Campaign plan: which cells and candidates a campaign measures, in which order, and when it measures its anchors.
//
// exhaustive: every candidate in every cell.
// separable: every candidate in the baseline. In cells where only the edge or only the cloud is stressed, one candidate
// of each cut, with alternating codecs: head and tail of a cut are the same for all codecs. In cells where only the
// link is stressed, a few sizes. In a few of the other cells a few candidates, to check the predictions. Each cell is
// visited twice, half a campaign apart: so some bad seconds of a machine are not mistaken for an effect of the cell.
// Pure functions: a context has exactly one plan. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline::campaign {

enum class Role { baseline, edge, cloud, link, held_out, whole, anchors };

struct CellVisit {
  std::uint32_t cell = 0;
  Role role = Role::whole;
  std::vector<std::uint32_t> candidates;  // Rising.
  std::uint32_t anchor_visit = 0;         // Role::anchors only: ordinal of this visit, from 0.
  bool last = true;                       // The cell is not visited again.

  bool operator==(const CellVisit&) const = default;
};

// The held-out cells of a separable campaign: this share of the grid, but at least kLeastHeldOut cells, with
// kHeldOutCandidates candidates each. Half of them are drawn among cells where both machines are stressed, where a sum
// of sides is least likely to hold. So their errors are rather those of the worse cells.
inline constexpr double kHeldOutShare = 0.08;
inline constexpr std::size_t kLeastHeldOut = 12;
inline constexpr std::size_t kHeldOutCandidates = 6;
inline constexpr std::size_t kLinkSizes = 6;

inline constexpr std::size_t kImposing = 10;  // The cost of entering a cell, in measurements.

// Returns the visits of the context's shard: its cells in the order of the campaign, the baseline first, with visits to
// the anchors between them. A shard other than the first has no baseline cell; its first visit is to the anchors. The
// cells of a shard are neighbours, so that slow loads change seldom. Shards have about equal work.
std::vector<CellVisit> design(const journal::Context& context);
// The same with these candidates alone. `among` rises.
std::vector<CellVisit> design(const journal::Context& context, std::span<const std::uint32_t> among);

// Returns the shard's visits to cells without those to the anchors, each cell once, in their order.
std::vector<CellVisit> cells_to_visit(const journal::Context& context, std::span<const std::uint32_t> among);

std::vector<std::uint32_t> every_candidate(const journal::Context& context);

// Returns the bytes on the wire that are usual for this codec. For comparing sizes.
double usual_size(const journal::Candidate& candidate);

// Returns the candidates whose answers are still to be compared, by cut: those of a cut share a head.
std::vector<std::vector<std::uint32_t>> unmeasured_agreements(const journal::Measurements& measured);

// Returns the candidates whose bytes in a stream are still to be measured, by cut; none if the campaign has no
// sequence.
std::vector<std::vector<std::uint32_t>> unmeasured_streams(const journal::Measurements& measured);

// Returns at most three candidates that use all machines: most work in the cloud, shared work, and edge-only.
std::vector<std::uint32_t> choose_anchors(const std::vector<journal::Candidate>& candidates);

}  // namespace tideline::campaign
