#include "policy/table/json_values.h"

#include "policy/table/input_limits.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace tideline::table {

using nlohmann::ordered_json;

ordered_json json_of(const plan::Stress& stress) {
  ordered_json json = ordered_json::object();
  if (stress.uplink) json["uplink_bps"] = stress.uplink->value;
  json["edge_cpu"] = stress.edge_cpu;
  json["edge_memory"] = stress.edge_memory;
  json["cloud_cpu"] = stress.cloud_cpu;
  json["cloud_memory"] = stress.cloud_memory;
  if (stress.delay) json["delay_ns"] = stress.delay->count();
  return json;
}

ordered_json json_of(const Terms& terms) {
  return {{"head_ns", terms.head.count()},
          {"encode_ns", terms.encode.count()},
          {"network_ns", terms.network.count()},
          {"queue_ns", terms.queue.count()},
          {"tail_ns", terms.tail.count()}};
}

ordered_json json_of(const plan::Conditions& seen) {
  ordered_json json = ordered_json::object();
  if (seen.uplink) json["uplink_bps"] = seen.uplink->value;
  if (seen.rtt) json["rtt_ns"] = seen.rtt->count();
  if (seen.edge_slowdown) json["edge_slowdown"] = *seen.edge_slowdown;
  if (seen.cloud_slowdown) json["cloud_slowdown"] = *seen.cloud_slowdown;
  if (seen.edge_memory_free) json["edge_memory_free"] = *seen.edge_memory_free;
  if (seen.edge_cpu_pressure) json["edge_cpu_pressure"] = *seen.edge_cpu_pressure;
  if (seen.peer_up) json["peer_up"] = *seen.peer_up;
  return json;
}

namespace {

constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();

ordered_json counts_of(const plan::Accuracy& accuracy) {
  return {{"labelled", accuracy.labelled},
          {"top1", accuracy.top1},
          {"top5", accuracy.top5},
          {"whole_top1", accuracy.whole_top1},
          {"whole_top5", accuracy.whole_top5}};
}

plan::Accuracy accuracy_from(JsonFields fields) {
  const auto count = [&fields](std::string_view key) {
    return static_cast<std::uint32_t>(fields.whole(key, 0, kMost32));
  };
  const plan::Accuracy accuracy{.labelled = count("labelled"),
                                .top1 = count("top1"),
                                .top5 = count("top5"),
                                .whole_top1 = count("whole_top1"),
                                .whole_top5 = count("whole_top5")};
  fields.end();
  return accuracy;
}

plan::Counted boxes_from(JsonFields fields) {
  const plan::Counted boxes{fields.whole("kept", 0, kMostBoxes), fields.whole("of", 0, kMostBoxes)};
  fields.end();
  return boxes;
}

}  // namespace

ordered_json json_of(const plan::Agreement& agreement) {
  ordered_json json{{"top1", agreement.top1}, {"max_error", agreement.max_error}, {"inputs", agreement.inputs}};
  if (agreement.accuracy) json["accuracy"] = counts_of(*agreement.accuracy);
  if (agreement.boxes) json["boxes"] = {{"kept", agreement.boxes->hits}, {"of", agreement.boxes->of}};
  return json;
}

ordered_json json_of(const plan::Precisions& precisions) {
  return {{"edge", name(precisions.edge)}, {"cloud", name(precisions.cloud)}};
}

plan::Stress stress_from(JsonFields fields) {
  plan::Stress stress;
  if (fields.has("uplink_bps")) stress.uplink = BitsPerSecond{fields.number("uplink_bps")};
  stress.edge_cpu = fields.number("edge_cpu");
  stress.edge_memory = fields.number("edge_memory");
  stress.cloud_cpu = fields.number("cloud_cpu");
  stress.cloud_memory = fields.number("cloud_memory");
  if (fields.has("delay_ns")) stress.delay = fields.time("delay_ns");
  fields.end();
  fields.note(check(stress, fields.path()));
  return stress;
}

Terms terms_from(JsonFields fields) {
  Terms terms;
  terms.head = fields.time("head_ns");
  terms.encode = fields.time("encode_ns");
  terms.network = fields.time("network_ns");
  terms.queue = fields.time("queue_ns");
  terms.tail = fields.time("tail_ns");
  fields.end();
  fields.note(check(terms, fields.path()));
  return terms;
}

plan::Conditions conditions_from(JsonFields fields) {
  plan::Conditions seen;
  if (fields.has("uplink_bps")) seen.uplink = BitsPerSecond{fields.number("uplink_bps")};
  if (fields.has("rtt_ns")) seen.rtt = fields.time("rtt_ns");
  if (fields.has("edge_slowdown")) seen.edge_slowdown = fields.number("edge_slowdown");
  if (fields.has("cloud_slowdown")) seen.cloud_slowdown = fields.number("cloud_slowdown");
  if (fields.has("edge_memory_free")) seen.edge_memory_free = fields.number("edge_memory_free");
  if (fields.has("edge_cpu_pressure")) seen.edge_cpu_pressure = fields.number("edge_cpu_pressure");
  if (fields.has("peer_up")) seen.peer_up = fields.boolean("peer_up");
  fields.end();
  fields.note(check(seen, fields.path()));
  return seen;
}

plan::Precisions precisions_from(JsonFields fields) {
  plan::Precisions precisions;
  precisions.edge = fields.value_of(parse_precision(fields.text("edge")), "edge");
  precisions.cloud = fields.value_of(parse_precision(fields.text("cloud")), "cloud");
  fields.end();
  return precisions;
}

plan::Agreement agreement_from(JsonFields& fields) {
  plan::Agreement agreement;
  agreement.top1 = fields.number("top1");
  agreement.max_error = fields.number("max_error");
  agreement.inputs = static_cast<std::uint32_t>(fields.whole("inputs", 1, kMost32));
  if (fields.has("accuracy")) agreement.accuracy = accuracy_from(fields.object("accuracy"));
  if (fields.has("boxes")) agreement.boxes = boxes_from(fields.object("boxes"));
  fields.note(check(agreement, fields.path()));
  return agreement;
}

plan::Plan plan_from(JsonFields& fields, const std::string& model, std::uint32_t cuts) {
  plan::Plan plan{model, static_cast<std::uint32_t>(fields.whole("cut", 0, kMostCuts)), plan::Codec::fp32};
  plan.codec = fields.value_of(plan::parse_codec(fields.text("codec")), "codec");
  fields.note(check_plan(plan, model, cuts, fields.path()));
  return plan;
}

std::string text_of(const ordered_json& value, int indent) {
  return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace tideline::table
