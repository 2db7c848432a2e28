#include "profiler/journal/lines_write.h"

#include "policy/table/json_values.h"

#include <nlohmann/json.hpp>

namespace tideline::journal {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Candidate& candidate) {
  return {{"cut", candidate.plan.cut},
          {"cut_name", candidate.cut_name},
          {"codec", name(candidate.plan.codec)},
          {"bytes", candidate.bytes.count}};
}

ordered_json json_of(const Context& context) {
  ordered_json cells = ordered_json::array();
  for (const plan::Stress& cell : context.cells) cells.push_back(tideline::table::json_of(cell));
  ordered_json candidates = ordered_json::array();
  for (const Candidate& candidate : context.candidates) candidates.push_back(json_of(candidate));
  ordered_json json{{"type", "context"},
                    {"format", "tideline-samples"},
                    {"version", 4},
                    {"model", {{"digest", context.model}, {"name", context.model_name}, {"cuts", context.cuts}}},
                    {"method", name(context.method)},
                    {"shards", context.shards}};
  if (context.shard) json["shard"] = *context.shard;
  json.update({{"anchors", context.anchors},
               {"repetitions", context.repetitions},
               {"compared", context.compared},
               {"seed", context.seed},
               {"created", context.created},
               {"edge", context.edge},
               {"cloud", context.cloud},
               {"precision", tideline::table::json_of(context.precisions)},
               {"candidates", std::move(candidates)},
               {"cells", std::move(cells)}});
  if (!context.inputs.empty()) json["inputs"] = context.inputs;
  if (!context.sequence.empty()) json["sequence"] = context.sequence;
  return json;
}

std::string line(const ordered_json& json) {
  return table::text_of(json, -1) + "\n";
}

std::string sample_line(std::string_view type, const Sample& sample) {
  return line({{"type", type},
               {"cell", sample.cell},
               {"candidate", sample.candidate},
               {"repetition", sample.repetition},
               {"wire_bytes", sample.wire.count},
               {"terms", tideline::table::json_of(sample.terms)},
               {"seen", tideline::table::json_of(sample.seen)},
               {"at_ns", sample.at.count()}});
}

struct Names {
  std::string_view a, b;
};

// Walks two objects of the same structure to the first field that differs.
std::optional<std::string> first_difference(const ordered_json& a, const ordered_json& b, const std::string& path,
                                            const Names& names) {
  if (a == b) return std::nullopt;
  const bool same_shape = a.is_structured() && a.type() == b.type();
  if (same_shape && a.is_array() && a.size() != b.size())
    return fmt::format("{}: {} has {} of them, {} {}", path, names.a, a.size(), names.b, b.size());
  if (same_shape && a.is_array())
    for (std::size_t i = 0; i < a.size(); ++i)
      if (auto found = first_difference(a[i], b[i], fmt::format("{}[{}]", path, i), names)) return found;
  if (same_shape && a.is_object())
    for (const ordered_json& keys : {a, b})
      for (const auto& [key, unused] : keys.items()) {
        const std::string below = path.empty() ? key : fmt::format("{}.{}", path, key);
        if (auto found = first_difference(a.value(key, ordered_json()), b.value(key, ordered_json()), below, names))
          return found;
      }
  const auto shown = [](const ordered_json& value) { return value.is_null() ? "nothing" : table::text_of(value, -1); };
  return fmt::format("{}: {} says {}, {} {}", path, names.a, shown(a), names.b, shown(b));
}

}  // namespace

std::string line_of(const Context& context) {
  return line(json_of(context));
}

std::string line_of(const Sample& sample) {
  return sample_line("sample", sample);
}

std::string former_line(const Sample& sample) {
  return sample_line("former", sample);
}

std::string kept_line(std::uint32_t cell) {
  return line({{"type", "kept"}, {"cell", cell}});
}

std::string line_of(const AnchorSample& sample) {
  return line({{"type", "anchor"},
               {"shard", sample.shard},
               {"visit", sample.visit},
               {"candidate", sample.candidate},
               {"repetition", sample.repetition},
               {"terms", tideline::table::json_of(sample.terms)},
               {"at_ns", sample.at.count()}});
}

std::string agreement_line(std::uint32_t candidate, const plan::Agreement& agreement) {
  ordered_json json{{"type", "agreement"}, {"candidate", candidate}};
  json.update(tideline::table::json_of(agreement));
  return line(json);
}

std::string stream_line(std::uint32_t candidate, Bytes bytes) {
  return line({{"type", "stream"}, {"candidate", candidate}, {"stream_bytes", bytes.count}});
}

std::string failure_line(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition,
                         std::string_view reason) {
  return line({{"type", "failure"},
               {"cell", cell},
               {"candidate", candidate},
               {"repetition", repetition},
               {"reason", reason.substr(0, kLongestReason)}});
}

std::string imposed_line(std::uint32_t cell, const ImposedLoad& imposed) {
  return line({{"type", "imposed"},
               {"cell", cell},
               {"achieved", tideline::table::json_of(imposed.achieved)},
               {"remarks", imposed.remarks}});
}

std::string unreached_line(std::uint32_t cell, std::string_view reason) {
  return line({{"type", "unreached"}, {"cell", cell}, {"reason", reason.substr(0, kLongestReason)}});
}

std::string finished_line(std::uint32_t cell) {
  return line({{"type", "finished"}, {"cell", cell}});
}

std::optional<std::string> difference(const Context& in_file, const Context& wanted) {
  ordered_json a = json_of(in_file), b = json_of(wanted);
  a.erase("created");
  b.erase("created");
  return first_difference(a, b, "", {"the file", "this campaign"});
}

std::optional<std::string> difference_of_shards(const Context& one, const Context& other) {
  ordered_json a = json_of(one), b = json_of(other);
  for (const char* const own : {"created", "shard"}) {
    a.erase(own);
    b.erase(own);
  }
  return first_difference(a, b, "", {"one", "the other"});
}

}  // namespace tideline::journal
