#include "policy/table/table_json.h"

#include "policy/table/input_limits.h"
#include "policy/table/json_fields.h"
#include "policy/table/json_text.h"
#include "policy/table/json_values.h"
#include "policy/table/quality_json.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace tideline::table {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kFormat = "tideline-table";
constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kMostText = std::size_t{256} << 20;

ordered_json json_of(const Estimate& estimate) {
  ordered_json fields{{"cut", estimate.plan.cut},
                      {"cut_name", estimate.cut_name},
                      {"codec", name(estimate.plan.codec)},
                      {"wire_bytes", estimate.wire.count},
                      {"mean", tideline::table::json_of(estimate.mean)},
                      {"p95_ns", estimate.p95.count()},
                      {"ci95_ns", estimate.ci95.count()},
                      {"samples", estimate.samples}};
  fields["ci95_terms"] = tideline::table::json_of(estimate.ci95_terms);
  if (estimate.agreement) fields["agreement"] = tideline::table::json_of(*estimate.agreement);
  if (estimate.stream) fields["stream_bytes"] = estimate.stream->count;
  return fields;
}

ordered_json json_of(const Cell& cell) {
  ordered_json estimates = ordered_json::array();
  for (const Estimate& estimate : cell.estimates) estimates.push_back(json_of(estimate));
  ordered_json fields{{"asked", tideline::table::json_of(cell.asked)}};
  if (cell.achieved) fields["achieved"] = tideline::table::json_of(*cell.achieved);
  fields["remarks"] = cell.remarks;
  fields["seen"] = tideline::table::json_of(cell.seen);
  fields["estimates"] = std::move(estimates);
  return fields;
}

Estimate estimate_from(JsonFields& fields, const PartitionTable::Origin& origin) {
  Estimate estimate;
  estimate.plan = plan_from(fields, origin.model, origin.cuts);
  estimate.cut_name = fields.text("cut_name");
  estimate.wire = {fields.whole("wire_bytes", 0, kMostWire.count)};
  estimate.mean = terms_from(fields.object("mean"));
  estimate.p95 = fields.time("p95_ns");
  estimate.ci95 = fields.time("ci95_ns");
  estimate.samples = static_cast<std::uint32_t>(fields.whole("samples", 1, std::numeric_limits<std::uint32_t>::max()));
  estimate.ci95_terms = terms_from(fields.object("ci95_terms"));
  if (fields.has("agreement")) {
    JsonFields agreement = fields.object("agreement");
    estimate.agreement = agreement_from(agreement);
    agreement.end();
  }
  if (fields.has("stream_bytes")) estimate.stream = Bytes{fields.whole("stream_bytes", 0, kMostWire.count)};
  fields.end();
  return estimate;
}

Cell cell_from(JsonFields& fields, const PartitionTable::Origin& origin) {
  Cell cell;
  cell.asked = stress_from(fields.object("asked"));
  if (fields.has("achieved")) cell.achieved = stress_from(fields.object("achieved"));
  cell.remarks = fields.texts("remarks");
  cell.seen = conditions_from(fields.object("seen"));
  for (JsonFields& estimate : fields.objects("estimates", kMostPlans))
    cell.estimates.push_back(estimate_from(estimate, origin));
  fields.end();
  return cell;
}

PartitionTable::Origin origin_from(JsonFields& fields) {
  PartitionTable::Origin origin;
  JsonFields model = fields.object("model");
  origin.model = model.text("digest");
  origin.model_name = model.text("name");
  origin.cuts = static_cast<std::uint32_t>(model.whole("cuts", 2, kMostCuts));
  model.end();
  origin.method = fields.text("method");
  origin.created = fields.text("created");
  origin.edge = fields.named_texts("edge");
  origin.cloud = fields.named_texts("cloud");
  origin.precisions = precisions_from(fields.object("precision"));
  origin.quality = quality_from(fields.object("quality"), origin.model, origin.cuts);
  if (fields.has("inputs")) origin.inputs = fields.text("inputs");
  if (fields.has("sequence")) origin.sequence = fields.text("sequence");
  return origin;
}

}  // namespace

std::string to_json(const PartitionTable& table) {
  const PartitionTable::Origin& origin = table.origin();
  ordered_json cells = ordered_json::array();
  for (const Cell& cell : table.cells()) cells.push_back(json_of(cell));
  ordered_json fields = {{"format", kFormat},
                         {"version", kVersion},
                         {"model", {{"digest", origin.model}, {"name", origin.model_name}, {"cuts", origin.cuts}}},
                         {"method", origin.method},
                         {"created", origin.created},
                         {"edge", origin.edge},
                         {"cloud", origin.cloud},
                         {"precision", tideline::table::json_of(origin.precisions)},
                         {"quality", tideline::table::json_of(origin.quality)}};
  if (!origin.inputs.empty()) fields["inputs"] = origin.inputs;
  if (!origin.sequence.empty()) fields["sequence"] = origin.sequence;
  fields["cells"] = std::move(cells);
  return text_of(fields, 1) + "\n";
}

Result<PartitionTable> parse_table(std::string_view text) {
  if (text.size() > kMostText)
    return error(ErrorKind::invalid, "{} bytes are more than the limit of {} for a table", text.size(), kMostText);
  const auto document = parse_json(text);
  if (!document) return document.error();
  std::optional<Error> fault;
  JsonFields fields(*document, "", fault);
  if (const std::string format = fields.text("format"); !fault && format != kFormat)
    return error(ErrorKind::invalid, "format: \"{}\" is not \"{}\"; use a partition table", format.substr(0, 60),
                 kFormat);
  if (const auto version = fields.whole("version", 0, 1'000'000); !fault && version != kVersion)
    return error(ErrorKind::invalid, "version: {} is not {}; profile again with this agent", version, kVersion);
  PartitionTable::Origin origin = origin_from(fields);
  std::vector<Cell> cells;
  for (JsonFields& cell : fields.objects("cells", kMostCells)) cells.push_back(cell_from(cell, origin));
  fields.end();
  if (fault) return *fault;
  return PartitionTable::make(std::move(origin), std::move(cells));
}

}  // namespace tideline::table
