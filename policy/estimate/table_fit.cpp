#include "policy/estimate/table_fit.h"

#include "runtime/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tideline::estimate {
namespace {

using std::chrono::minutes;

constexpr double kShapeBand = 0.2231;  // ln(1.25)
constexpr double kBaseBand = 0.2624;   // ln(1.3)
constexpr Duration kTooShort = std::chrono::microseconds(500);
constexpr Duration kTogether = std::chrono::seconds(2);
constexpr Block::Design kMinute{.span = minutes(1), .fewest = 3, .quantile = 0.5};
constexpr Block::Design kTenMinutes{.span = minutes(10), .fewest = 4, .quantile = 0.25};
constexpr Block::Design kHour{.span = minutes(60), .fewest = 10, .quantile = 0.1};
constexpr double kMonth = 30 * 24 * 60;  // Minutes.
constexpr std::size_t kBases = 8;        // Detectors: two sides, two kinds of blocks, two ends of the band.
constexpr double kShare = 0.5;           // Of the false alarms, for the shape as for the base.

// Returns how many blocks a detector should last, of `detectors` with blocks of this length.
double blocks(Duration span, std::size_t detectors) {
  return kMonth / (seconds(span) / 60) * static_cast<double>(detectors) / kShare;
}

// By how much the logarithm of the table's mean is uncertain.
double doubt(const TableFit::Timed& timed) {
  return std::log1p(std::max(0.0, seconds(timed.ci95)) / seconds(timed.table));
}

Misfit misfit_of(const TableFit::Timed& timed, double level, double deviation) {
  const auto times = [&](double log) { return from_seconds(std::min(86400.0, seconds(timed.table) * std::exp(log))); };
  return {.part = timed.part, .plan = timed.plan, .predicted = times(level), .measured = times(level + deviation)};
}

}  // namespace

TableFit::Shape::Shape(std::size_t plans)
    : deviations(kMinute),
      levels(kMinute),
      test({.usual = 0.5, .changed = 0.95, .blocks = blocks(kMinute.span, 4 * plans)}) {}

TableFit::Base::Base(const Block::Design& design, double usual)
    : medians(kMinute), spans(design), test({.usual = usual, .changed = 0.95, .blocks = blocks(design.span, kBases)}) {}

TableFit::TableFit(std::size_t plans)
    : plans_(std::max<std::size_t>(plans, 1)),
      sides_{Side{{}, {kTenMinutes, 0.25}, {kHour, 0.5}}, Side{{}, {kTenMinutes, 0.25}, {kHour, 0.5}}} {}

void TableFit::update(const Timed& timed, TimePoint at) {
  if (timed.table < kTooShort || timed.measured <= Duration{}) return;
  Side& side = sides_[static_cast<std::size_t>(timed.part)];
  const CutAndCodec part{timed.plan.cut, timed.part == Part::tail ? timed.plan.codec : plan::Codec::fp32};
  Shape& shape = side.shapes.try_emplace(part, plans_).first->second;
  shape.last = std::log(seconds(timed.measured) / seconds(timed.table));
  shape.at = at;
  if (const auto level = level_of_others(side, part, at)) take(shape, *level, timed, at);
  if (!timed.busy) take(side.idle, timed, at);
  take(side.always, timed, at);
}

// Returns the median of what the other cuts of the side read just now; absent if none did.
std::optional<double> TableFit::level_of_others(const Side& side, const CutAndCodec& part, TimePoint at) {
  std::vector<double> others;
  for (const auto& [other, shape] : side.shapes)
    if (other.cut != part.cut && at - shape.at <= kTogether) others.push_back(shape.last);
  if (others.empty()) return std::nullopt;
  std::ranges::sort(others);
  return (others[others.size() / 2] + others[(others.size() - 1) / 2]) / 2;
}

void TableFit::take(Shape& shape, double level, const Timed& timed, TimePoint at) {
  const auto deviation = shape.deviations.add(shape.last - level, at);
  const auto others = shape.levels.add(level, at);
  if (!deviation || !others) return;
  shape.test.update(*deviation, kShapeBand + doubt(timed));
  shape.misfit = misfit_of(timed, *others, *deviation);
  shape.misfit.beside_others = true;
  shape.distance = std::abs(*others + *deviation);
}

void TableFit::take(Base& base, const Timed& timed, TimePoint at) {
  const auto minute = base.medians.add(std::log(seconds(timed.measured) / seconds(timed.table)), at);
  if (!minute) return;
  const auto value = base.spans.add(*minute, at);
  if (!value) return;
  base.test.update(*value, kBaseBand + doubt(timed));
  base.misfit = misfit_of(timed, 0, *value);
  base.distance = std::abs(*value);
}

// A wrong base comes first: it concerns all plans. Of two cuts that differ, the one farther from the table is to blame.
TableFit::Verdict TableFit::verdict() const {
  Verdict verdict;
  double farthest = -1;
  const auto look = [&](const auto& one) {
    verdict.evidence = std::max(verdict.evidence, one.test.evidence());
    if (!one.test.alarmed() || one.distance <= farthest) return;
    verdict.misfit = one.misfit;
    farthest = one.distance;
  };
  for (const Side& side : sides_) {
    look(side.idle);
    look(side.always);
  }
  if (verdict.misfit) farthest = std::numeric_limits<double>::infinity();
  for (const Side& side : sides_)
    for (const auto& [part, shape] : side.shapes) look(shape);
  return verdict;
}

std::string to_string(const Misfit& misfit) {
  const std::string part = misfit.part == Part::head ? fmt::format("head of cut {} on the edge", misfit.plan.cut)
                                                     : fmt::format("tail of cut {} ({}) in the cloud", misfit.plan.cut,
                                                                   name(misfit.plan.codec));
  return fmt::format(
      "the table no longer fits: the {} takes {} in place of {}, {}; measure again with agent --profile --refresh",
      part, tideline::to_string(misfit.measured), tideline::to_string(misfit.predicted),
      misfit.beside_others ? "compared with the other plans" : "while the machine was as free as it gets");
}

}  // namespace tideline::estimate
