#include "policy/table/quality_json.h"

#include "policy/table/input_limits.h"
#include "policy/table/json_values.h"

#include <nlohmann/json.hpp>

namespace tideline::table {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostHeldOut = 1'000'000;

ordered_json json_of(const Drift& drift) {
  return {{"change", drift.change}, {"p_value", drift.p_value}, {"drifted", drift.drifted}};
}

ordered_json json_of(const HeldOut& one) {
  return {{"asked", tideline::table::json_of(one.asked)},
          {"cut", one.plan.cut},
          {"codec", name(one.plan.codec)},
          {"measured_ns", one.measured.count()},
          {"predicted_ns", one.predicted.count()}};
}

ordered_json json_of(const Correction& correction) {
  return {{"term", correction.term}, {"coefficient", correction.coefficient}, {"error", correction.error}};
}

ordered_json json_of(const LeftOut& cell) {
  return {{"asked", tideline::table::json_of(cell.asked)}, {"reason", cell.reason}};
}

template <typename T>
ordered_json list_of(const std::vector<T>& items) {
  ordered_json list = ordered_json::array();
  for (const T& item : items) list.push_back(json_of(item));
  return list;
}

Drift drift_from(JsonFields fields) {
  Drift drift{fields.number("change"), fields.number("p_value"), fields.boolean("drifted")};
  fields.end();
  fields.note(check(drift, fields.path()));
  return drift;
}

HeldOut held_out_from(JsonFields& fields, const std::string& model, std::uint32_t cuts) {
  HeldOut one;
  one.asked = stress_from(fields.object("asked"));
  one.plan = plan_from(fields, model, cuts);
  one.measured = fields.time("measured_ns");
  one.predicted = fields.time("predicted_ns");
  fields.end();
  fields.note(check(one, fields.path()));
  return one;
}

Correction correction_from(JsonFields& fields) {
  Correction correction{fields.text("term"), fields.number("coefficient"), fields.number("error")};
  fields.end();
  return correction;
}

LeftOut left_out_from(JsonFields& fields) {
  LeftOut cell{stress_from(fields.object("asked")), fields.text("reason")};
  fields.end();
  return cell;
}

}  // namespace

ordered_json json_of(const Quality& quality) {
  ordered_json json = ordered_json::object();
  if (quality.noise_floor) json["noise_floor"] = *quality.noise_floor;
  if (quality.drift) json["drift"] = json_of(*quality.drift);
  json["held_out"] = list_of(quality.held_out);
  json["corrections"] = list_of(quality.corrections);
  json["left_out"] = list_of(quality.left_out);
  return json;
}

Quality quality_from(JsonFields fields, const std::string& model, std::uint32_t cuts) {
  Quality quality;
  if (fields.has("noise_floor")) quality.noise_floor = fields.number("noise_floor");
  if (fields.has("drift")) quality.drift = drift_from(fields.object("drift"));
  for (JsonFields& one : fields.objects("held_out", kMostHeldOut))
    quality.held_out.push_back(held_out_from(one, model, cuts));
  for (JsonFields& one : fields.objects("corrections", kMostPlans)) quality.corrections.push_back(correction_from(one));
  for (JsonFields& cell : fields.objects("left_out", kMostCells)) quality.left_out.push_back(left_out_from(cell));
  fields.end();
  fields.note(check(quality, fields.path()));
  return quality;
}

}  // namespace tideline::table
