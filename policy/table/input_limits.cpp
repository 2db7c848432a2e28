#include "policy/table/input_limits.h"

#include <cmath>
#include <optional>
#include <utility>

namespace tideline::table {
namespace {

Result<void> check_share(std::optional<double> share, std::string_view path, std::string_view key) {
  if (!share || (*share >= 0 && *share <= 1)) return {};  // NaN is neither.
  return error(ErrorKind::invalid, "{}: {} is not a share; it must be within 0 to 1", path_to(path, key), *share);
}

Result<void> check_positive(std::optional<double> value, std::string_view path, std::string_view key) {
  if (!value || (std::isfinite(*value) && *value > 0)) return {};
  return error(ErrorKind::invalid, "{}: {} is not positive and finite; leave out unmeasured values", path_to(path, key),
               *value);
}

// Checks one count of right answers: `less` of them are within `more`.
Result<void> check_within(std::uint64_t less, std::uint64_t more, std::string_view path, std::string_view than) {
  if (less <= more) return {};
  return error(ErrorKind::invalid, "{}: {} are more than {}, which says {}", path, less, than, more);
}

Result<void> check_accuracy(const plan::Accuracy& accuracy, std::uint32_t inputs, std::string_view path) {
  if (accuracy.labelled == 0)
    return error(ErrorKind::invalid, "{}: 0 is too few; leave out unmeasured values", path_to(path, "labelled"));
  if (auto ok = check_within(accuracy.labelled, inputs, path_to(path, "labelled"), "inputs"); !ok) return ok;
  if (auto ok = check_within(accuracy.top1, accuracy.top5, path_to(path, "top1"), "top5"); !ok) return ok;
  if (auto ok = check_within(accuracy.top5, accuracy.labelled, path_to(path, "top5"), "labelled"); !ok) return ok;
  if (auto ok = check_within(accuracy.whole_top1, accuracy.whole_top5, path_to(path, "whole_top1"), "whole_top5"); !ok)
    return ok;
  return check_within(accuracy.whole_top5, accuracy.labelled, path_to(path, "whole_top5"), "labelled");
}

Result<void> check_boxes(const plan::Counted& boxes, std::string_view path) {
  if (boxes.of == 0)
    return error(ErrorKind::invalid, "{}: 0 is too few; leave out unmeasured values", path_to(path, "of"));
  return check_within(boxes.hits, boxes.of, path_to(path, "kept"), "of");
}

std::optional<double> value_of(const std::optional<BitsPerSecond>& rate) {
  return rate ? std::optional(rate->value) : std::nullopt;
}

}  // namespace

std::string path_to(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

Result<void> check_time(Duration time, std::string_view path) {
  if (time >= Duration::zero() && time <= kLongestTime) return {};
  return error(ErrorKind::invalid, "{}: {} is not a time; it must be nanoseconds from 0 to {}", path, time.count(),
               kLongestTime.count());
}

Result<void> check(const plan::Stress& stress, std::string_view path) {
  if (auto ok = check_positive(value_of(stress.uplink), path, "uplink_bps"); !ok) return ok;
  const std::pair<std::string_view, double> shares[] = {{"edge_cpu", stress.edge_cpu},
                                                        {"edge_memory", stress.edge_memory},
                                                        {"cloud_cpu", stress.cloud_cpu},
                                                        {"cloud_memory", stress.cloud_memory}};
  for (const auto& [key, share] : shares)
    if (auto ok = check_share(share, path, key); !ok) return ok;
  if (stress.delay && !(*stress.delay > Duration::zero() && *stress.delay <= kLongestDelay))
    return error(ErrorKind::invalid, "{}: {} is not a delay; it must be nanoseconds from 1 to {}, or left out",
                 path_to(path, "delay_ns"), stress.delay->count(), kLongestDelay.count());
  return {};
}

Result<void> check(const Terms& terms, std::string_view path) {
  const std::pair<std::string_view, Duration> times[] = {{"head_ns", terms.head},
                                                         {"encode_ns", terms.encode},
                                                         {"network_ns", terms.network},
                                                         {"queue_ns", terms.queue},
                                                         {"tail_ns", terms.tail}};
  for (const auto& [key, time] : times)
    if (auto ok = check_time(time, path_to(path, key)); !ok) return ok;
  return {};
}

Result<void> check(const plan::Conditions& seen, std::string_view path) {
  if (auto ok = check_positive(value_of(seen.uplink), path, "uplink_bps"); !ok) return ok;
  if (seen.rtt)
    if (auto ok = check_time(*seen.rtt, path_to(path, "rtt_ns")); !ok) return ok;
  if (auto ok = check_positive(seen.edge_slowdown, path, "edge_slowdown"); !ok) return ok;
  if (auto ok = check_positive(seen.cloud_slowdown, path, "cloud_slowdown"); !ok) return ok;
  if (auto ok = check_share(seen.edge_memory_free, path, "edge_memory_free"); !ok) return ok;
  return check_share(seen.edge_cpu_pressure, path, "edge_cpu_pressure");
}

Result<void> check(const plan::Agreement& agreement, std::string_view path) {
  if (auto ok = check_share(agreement.top1, path, "top1"); !ok) return ok;
  if (!(agreement.max_error >= 0 && agreement.max_error <= plan::kWorstError))  // NaN is neither.
    return error(ErrorKind::invalid, "{}: {} is not an error; it must be within 0 to {}", path_to(path, "max_error"),
                 agreement.max_error, plan::kWorstError);
  if (agreement.inputs == 0)
    return error(ErrorKind::invalid, "{}: 0 is too few; leave out unmeasured values", path_to(path, "inputs"));
  if (agreement.accuracy)
    if (auto ok = check_accuracy(*agreement.accuracy, agreement.inputs, path_to(path, "accuracy")); !ok) return ok;
  if (agreement.boxes) return check_boxes(*agreement.boxes, path_to(path, "boxes"));
  return {};
}

Result<void> check(const Drift& drift, std::string_view path) {
  if (!std::isfinite(drift.change))
    return error(ErrorKind::invalid, "{}: {} is not a number", path_to(path, "change"), drift.change);
  return check_share(drift.p_value, path, "p_value");
}

Result<void> check(const HeldOut& one, std::string_view path) {
  for (const auto& [key, time] : {std::pair("measured_ns", one.measured), std::pair("predicted_ns", one.predicted)}) {
    if (auto ok = check_time(time, path_to(path, key)); !ok) return ok;
    if (time == Duration::zero())
      return error(ErrorKind::invalid, "{}: 0 is too little for an inference", path_to(path, key));
  }
  return {};
}

Result<void> check(const Quality& quality, std::string_view path) {
  if (quality.noise_floor && !(std::isfinite(*quality.noise_floor) && *quality.noise_floor >= 0))
    return error(ErrorKind::invalid, "{}: {} is not a relative deviation; it must be 0 or more",
                 path_to(path, "noise_floor"), *quality.noise_floor);
  if (quality.drift)
    if (auto ok = check(*quality.drift, path_to(path, "drift")); !ok) return ok;
  for (std::size_t i = 0; i < quality.held_out.size(); ++i)
    if (auto ok = check(quality.held_out[i], fmt::format("{}[{}]", path_to(path, "held_out"), i)); !ok) return ok;
  for (std::size_t i = 0; i < quality.corrections.size(); ++i)
    if (const Correction& c = quality.corrections[i];
        !std::isfinite(c.coefficient) || !std::isfinite(c.error) || (c.term != "head" && c.term != "tail"))
      return error(ErrorKind::invalid, "{}[{}]: is not a finite correction of head or tail",
                   path_to(path, "corrections"), i);
  return {};
}

Result<void> check_stream(const plan::Plan& plan, Bytes bytes, std::string_view sequence, std::string_view path) {
  const std::string field = path_to(path, "stream_bytes");
  if (!plan::is_of_steps(plan.codec))
    return error(ErrorKind::invalid, "{}: {} sends no differences; leave it out", field, plan::name(plan.codec));
  if (sequence.empty())
    return error(ErrorKind::invalid, "{}: nothing says over which frames; add sequence, or leave it out", field);
  if (bytes <= kMostWire) return {};
  return error(ErrorKind::invalid, "{}: {} is more than the limit of {}", field, bytes.count, kMostWire.count);
}

Result<void> check_plan(const plan::Plan& plan, std::string_view model, std::uint32_t cuts, std::string_view path) {
  if (plan.model != model)
    return error(ErrorKind::invalid, "{}: the plan is of model {}, not {}; measure each model separately",
                 path_to(path, "model"), plan.model, model);
  if (plan.cut >= cuts)
    return error(ErrorKind::invalid, "{}: {} is not a cut; the model has cuts 0 to {}", path_to(path, "cut"), plan.cut,
                 cuts - 1);
  if (!plan::codec_from_wire(static_cast<std::uint8_t>(plan.codec)))
    return error(ErrorKind::invalid, "{}: {} is not a codec number", path_to(path, "codec"),
                 static_cast<unsigned>(plan.codec));
  if (plan::is_of_images(plan.codec) && plan.cut > 0)
    return error(ErrorKind::invalid, "{}: {} is for images, which cross only at cut 0", path_to(path, "codec"),
                 plan::name(plan.codec));
  return {};
}

}  // namespace tideline::table
