#include "policy/predict/latency_model.h"

#include "policy/predict/slow_start.h"

#include <algorithm>
#include <cmath>

namespace tideline::predict {
namespace {

constexpr double kZ95 = 1.645;
constexpr double kReverts = 2;    // Seconds: see upload_time().
constexpr double kLargestSd = 3;  // Of ln(bytes / uplink); a larger one counts as unknown.

Duration times(Duration time, double factor) {
  return from_seconds(std::min(seconds(time) * factor, 86400.0));
}

double positive(std::optional<double> factor) {
  return factor && std::isfinite(*factor) && *factor > 0 ? *factor : 1;
}

double of_cut(const std::vector<double>& residuals, std::uint32_t cut) {
  return cut < residuals.size() ? positive(residuals[cut]) : 1;
}

std::optional<BitsPerSecond> positive(std::optional<BitsPerSecond> rate) {
  return rate && std::isfinite(rate->value) && rate->value > 0 ? rate : std::nullopt;
}

// Returns how long `bits` take if the rate returns from a dip to its usual value by exp(-t / kReverts). The result is
// the T with usual T + (rate - usual) kReverts (1 - exp(-T / kReverts)) = bits, by Newton's method, from below.
double upload_time(double bits, double rate, std::optional<BitsPerSecond> usual) {
  const double steady = bits / rate;
  if (!usual || steady < kReverts / 20) return steady;
  double t = bits / std::max(rate, usual->value);
  for (int i = 0; i < 8; ++i) {
    const double gone = std::exp(-t / kReverts),
                 missing = usual->value * t + (rate - usual->value) * kReverts * (1 - gone) - bits;
    t = std::max(0.0, t - missing / (usual->value + (rate - usual->value) * gone));
  }
  return t;
}

}  // namespace

LatencyModel::LatencyModel(std::shared_ptr<const table::PartitionTable> table)
    : table_(std::move(table)),
      whole_(table_->unstressed().find(table_->edge_only())),
      slower_(wire_slower(*table_)),
      overheads_(network_overheads(*table_, slower_)),
      load_(edge_load(*table_, slower_)) {}

Predictions LatencyModel::predict(const plan::Conditions& now, const Residuals& residuals,
                                  const WireRatios& ratios) const {
  Predictions predictions;
  if (!positive(now.uplink)) predictions.lacking.emplace_back("uplink");
  if (!now.rtt) predictions.lacking.emplace_back("rtt");
  if (!now.edge_slowdown) predictions.lacking.emplace_back("edge slowdown");
  if (!now.cloud_slowdown) predictions.lacking.emplace_back("cloud slowdown");
  const auto& estimates = table_->unstressed().estimates;
  predictions.plans.reserve(estimates.size());
  for (std::size_t i = 0; i < estimates.size(); ++i)
    predictions.plans.push_back(predict(i, now, residuals, ratios.of(estimates[i].plan)));
  return predictions;
}

Prediction LatencyModel::predict(std::size_t plan, const plan::Conditions& now, const Residuals& residuals,
                                 const WireRatio& ratio) const {
  const table::Cell& cell = table_->unstressed();
  const table::Estimate& estimate = cell.estimates[plan];
  const double edge = positive(now.edge_slowdown);
  Prediction p{.estimate = &estimate, .wire = expected(estimate.wire, ratio)};
  p.mean.head = times(estimate.mean.head, edge * of_cut(residuals.heads, estimate.plan.cut));
  p.mean.encode = times(estimate.mean.encode, edge);
  p.mean.queue = estimate.mean.queue;
  const Duration varies = std::max(Duration{}, estimate.p95 - estimate.mean.total());
  if (estimate.plan.cut == table_->edge_only().cut) {
    p.mean.tail = times(estimate.mean.tail, edge);
    p.p95 = p.mean.total() + times(varies, edge);
    return p;
  }
  if (whole_) {
    // What edge-only spends on encoding is the decoding of an image, which every head has behind it.
    const Duration decoded = estimate.plan.cut > 0 ? times(whole_->mean.encode, edge) : Duration{};
    p.local = std::max(Duration{}, times(whole_->mean.total(), edge) - p.mean.head - decoded);
  }
  p.mean.tail = times(estimate.mean.tail, positive(now.cloud_slowdown) * of_cut(residuals.tails, estimate.plan.cut));
  p.mean.queue += now.cloud_queue.value_or(Duration{});
  p.mean.stall = stall(now, p.local);
  const auto rate = positive(now.uplink) ? positive(now.uplink) : measured_uplink(cell);
  if (rate) {
    const double bits = slower_ * 8 * static_cast<double>(p.wire.count);
    p.mean.upload = from_seconds(std::min(upload_time(bits, rate->value, positive(now.uplink_usual)), 86400.0));
  }
  const auto rtt = now.rtt ? now.rtt : cell.seen.rtt;
  p.mean.round_trip = overheads_[plan] + load_.more(edge) + (cell.seen.rtt && rtt ? *rtt : Duration{});
  p.mean.round_trip = std::max(Duration{}, p.mean.round_trip);
  if (rate && rtt && now.uplink_window) p.mean.slow_start = slow_start_time(p.wire, {*rate, *rtt, *now.uplink_window});
  const double sd = std::hypot(std::max(0.0, now.uplink_sd.value_or(0)), ratio.sd);
  const double unsure = std::exp(kZ95 * std::min(sd, kLargestSd)) - 1;
  p.p95 = p.mean.total() + from_seconds(std::hypot(seconds(p.mean.upload) * unsure, seconds(varies)));
  return p;
}

// If the edge can finish alone, a stall costs at most that: the session starts the tail when the answer is late.
Duration LatencyModel::stall(const plan::Conditions& now, Duration local) const {
  const Duration stalled = std::max(Duration{}, now.uplink_stalled.value_or(Duration{}));
  return whole_ ? std::min(stalled, local) : stalled;
}

Predictions predict(const table::PartitionTable& table, const plan::Conditions& now) {
  // The table outlives this call, and nothing keeps the model.
  return LatencyModel(std::shared_ptr<const table::PartitionTable>(std::shared_ptr<void>(), &table)).predict(now);
}

table::Cell cell_of(const Predictions& predictions, const plan::Conditions& now) {
  table::Cell cell;
  cell.seen = now;
  for (const Prediction& plan : predictions.plans) {
    const PredictedTerms& terms = plan.mean;
    cell.estimates.push_back(*plan.estimate);
    cell.estimates.back().wire = plan.wire;
    cell.estimates.back().mean = {.head = terms.head,
                                  .encode = terms.encode,
                                  .network = terms.upload + terms.round_trip + terms.slow_start + terms.stall,
                                  .queue = terms.queue,
                                  .tail = terms.tail};
    cell.estimates.back().p95 = plan.p95;
  }
  return cell;
}

}  // namespace tideline::predict
