// Design: which cells and candidates a campaign measures, in which order, and when it goes back to its anchors.
//
// exhaustive: every candidate in every cell. separable: every candidate in the baseline; one candidate of each cut in
// the cells where only the edge or only the cloud is stressed, with codecs taken in turn, since a cut's head and tail
// are the same for all of them; a few sizes in those where only the link is; and, to see whether the rest follows from
// these, a few candidates in a few of the other cells. It visits each cell twice, half a campaign apart: what ails a
// machine for some seconds is then not taken for what the cell does to it. Pure functions: a context has one design.
#pragma once

#include "profiler/journal/sample.h"

#include <cstdint>
#include <vector>

namespace tideline {

enum class Role { baseline, edge, cloud, link, held_out, whole, anchors };

struct CellVisit {
  std::uint32_t cell = 0;
  Role role = Role::whole;
  std::vector<std::uint32_t> candidates;  // Rising.
  std::uint32_t anchor_visit = 0;         // For Role::anchors: the how manieth.
  bool last = true;                       // The cell is not visited again.

  bool operator==(const CellVisit&) const = default;
};

// Held out of a separable campaign: this share of the grid, but at least so many cells; and so many candidates in each.
// Half of the cells are drawn among those where both machines are stressed, in which a sum of sides may least hold: so
// the errors that they tell are rather those of the worse cells.
inline constexpr double kHeldOutShare = 0.08;
inline constexpr std::size_t kLeastHeldOut = 12;
inline constexpr std::size_t kHeldOutCandidates = 6;
inline constexpr std::size_t kLinkSizes = 6;

inline constexpr std::size_t kImposing = 10;  // What entering a cell takes, in measurements.

// Returns the visits of the context's shard: the cells in the order of the campaign, the baseline first, with visits to
// the anchors among them. A shard but the first has no baseline cell of its own: its first visit to the anchors is. The
// shards' cells are neighbours, so that what takes long to impose changes seldom, and of about the same work.
std::vector<CellVisit> design(const Context& context);

// Returns three candidates or fewer that show all machines: most work in the cloud, shared, and edge-only.
std::vector<std::uint32_t> choose_anchors(const std::vector<Candidate>& candidates);

}  // namespace tideline
