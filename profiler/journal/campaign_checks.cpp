#include "profiler/journal/campaign_checks.h"

#include "policy/table/input_limits.h"

#include <set>

namespace tideline::journal {
namespace {

Result<void> check_sizes(const Context& context) {
  if (context.model.empty()) return error(ErrorKind::invalid, "model: is empty; name the model that is measured");
  if (context.cuts < 2 || context.cuts > table::kMostCuts)
    return error(ErrorKind::invalid, "cuts: {} is not within 2 to {}", context.cuts, table::kMostCuts);
  if (context.cells.empty() || context.cells.size() > table::kMostCells)
    return error(ErrorKind::invalid, "cells: {} are not within 1 to {}", context.cells.size(), table::kMostCells);
  if (context.candidates.empty() || context.candidates.size() > table::kMostPlans)
    return error(ErrorKind::invalid, "candidates: {} are not within 1 to {}", context.candidates.size(),
                 table::kMostPlans);
  // Cells x candidates is at most 1e9, so its product with 32 bits fits into 64.
  const std::uint64_t pairs = std::uint64_t{context.cells.size()} * context.candidates.size();
  if (context.repetitions == 0 || pairs * context.repetitions > kMostMeasurements)
    return error(ErrorKind::invalid, "repetitions: {} of {} candidates in {} cells are not within 1 to {} measurements",
                 context.repetitions, context.candidates.size(), context.cells.size(), kMostMeasurements);
  if (context.compared == 0) return error(ErrorKind::invalid, "compared: 0 inputs are too few to measure an agreement");
  return {};
}

Result<void> check_index(std::string_view what, std::uint64_t index, std::uint64_t count) {
  if (index < count) return {};
  return error(ErrorKind::invalid, "{}: {} is not one of the campaign, which has 0 to {}", what, index, count - 1);
}

Result<void> check_parts(const Context& context) {
  if (context.shards == 0 || context.shards > kMostShards)
    return error(ErrorKind::invalid, "shards: {} are not within 1 to {}", context.shards, kMostShards);
  if (context.shard)
    if (auto ok = check_index("shard", *context.shard, context.shards); !ok) return ok;
  if (context.anchors.size() > kMostAnchors)
    return error(ErrorKind::invalid, "anchors: {} are more than the limit of {}", context.anchors.size(), kMostAnchors);
  for (const std::uint32_t anchor : context.anchors)
    if (auto ok = check_index("anchors", anchor, context.candidates.size()); !ok) return ok;
  return {};
}

Result<void> check_candidates(const Context& context) {
  std::set<plan::Plan> seen;
  for (std::size_t i = 0; i < context.candidates.size(); ++i) {
    const Candidate& candidate = context.candidates[i];
    const std::string path = fmt::format("candidates[{}]", i);
    if (auto ok = table::check_plan(candidate.plan, context.model, context.cuts, path); !ok) return ok;
    if (!seen.insert(candidate.plan).second) return error(ErrorKind::invalid, "{}: duplicate plan; remove one", path);
    if (candidate.bytes > table::kMostWire)
      return error(ErrorKind::invalid, "{}.bytes: {} is more than the limit of {}", path, candidate.bytes.count,
                   table::kMostWire.count);
  }
  return {};
}

}  // namespace

Result<void> check(const Context& context) {
  if (auto ok = check_sizes(context); !ok) return ok;
  for (std::size_t i = 0; i < context.cells.size(); ++i)
    if (auto ok = table::check(context.cells[i], fmt::format("cells[{}]", i)); !ok) return ok;
  if (auto ok = check_parts(context); !ok) return ok;
  return check_candidates(context);
}

Result<void> check_step(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition, const Context& context) {
  if (auto ok = check_index("cell", cell, context.cells.size()); !ok) return ok;
  if (auto ok = check_index("candidate", candidate, context.candidates.size()); !ok) return ok;
  return check_index("repetition", repetition, context.repetitions);
}

Result<void> check(const Sample& sample, const Context& context) {
  if (auto ok = check_step(sample.cell, sample.candidate, sample.repetition, context); !ok) return ok;
  if (sample.wire > table::kMostWire)
    return error(ErrorKind::invalid, "wire_bytes: {} is more than the limit of {}", sample.wire.count,
                 table::kMostWire.count);
  if (auto ok = table::check_time(sample.at, "at_ns"); !ok) return ok;
  if (auto ok = check(sample.terms, "terms"); !ok) return ok;
  return table::check(sample.seen, "seen");
}

Result<void> check(const AnchorSample& sample, const Context& context) {
  if (auto ok = check_index("shard", sample.shard, context.shards); !ok) return ok;
  if (auto ok = check_index("visit", sample.visit, kMostVisits); !ok) return ok;
  if (auto ok = check_index("candidate", sample.candidate, context.candidates.size()); !ok) return ok;
  if (auto ok = check_index("repetition", sample.repetition, kMostAnchorRepetitions); !ok) return ok;
  if (auto ok = table::check_time(sample.at, "at_ns"); !ok) return ok;
  return check(sample.terms, "terms");
}

Result<void> check(std::uint32_t candidate, const plan::Agreement& agreement, const Context& context) {
  if (auto ok = check_index("candidate", candidate, context.candidates.size()); !ok) return ok;
  if (auto ok = table::check(agreement, ""); !ok) return ok;
  if (agreement.inputs == context.compared) return {};
  return error(ErrorKind::invalid, "inputs: {} are not the {} that the campaign compares", agreement.inputs,
               context.compared);
}

Result<void> check_stream(std::uint32_t candidate, Bytes bytes, const Context& context) {
  if (auto ok = check_index("candidate", candidate, context.candidates.size()); !ok) return ok;
  return table::check_stream(context.candidates[candidate].plan, bytes, context.sequence, "");
}

std::size_t place_of(const Context& context, std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition) {
  return (std::size_t{cell} * context.candidates.size() + candidate) * context.repetitions + repetition;
}

std::size_t measurements_of(const Context& context) {
  return context.cells.size() * context.candidates.size() * context.repetitions;
}

}  // namespace tideline::journal
