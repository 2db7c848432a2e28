#include "runtime/app/print/show_print.h"

#include "policy/table/json_values.h"
#include "policy/table/quality_json.h"
#include "runtime/app/print/accuracy_print.h"
#include "runtime/app/print/streams_print.h"
#include "runtime/app/print/table_print.h"
#include "runtime/base/outside.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tideline::print {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTermsPrinted = 15;
constexpr std::size_t kLongestRemark = 1024;

std::string machine_text(const std::map<std::string, std::string>& machine) {
  std::string text;
  for (const auto& [key, value] : machine)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", outside_text(key), outside_text(value));
  return text.empty() ? "unknown" : text;
}

Json origin_json(const table::PartitionTable& table) {
  const table::PartitionTable::Origin& origin = table.origin();
  Json json{{"model", origin.model_name},
            {"digest", origin.model},
            {"cuts", origin.cuts},
            {"plans", table.unstressed().estimates.size()},
            {"method", origin.method},
            {"created", origin.created},
            {"edge", origin.edge},
            {"cloud", origin.cloud},
            {"precision", table::json_of(origin.precisions)},
            {"quality", table::json_of(origin.quality)}};
  if (!origin.inputs.empty()) json["inputs"] = origin.inputs;
  if (!origin.sequence.empty()) json["sequence"] = origin.sequence;
  return json;
}

const table::Estimate& best_of(const table::Cell& cell) {
  return *cell.best([](const plan::Plan&) { return true; });
}

std::string row(const table::Cell& cell) {
  const table::Estimate& e = best_of(cell);
  return fmt::format("{:<44} {:>4} {:<24} {:<5} {:>9.2f} {:>8} {:>9.2f} {:>8.2f} {:>7.2f} {:>8.2f} {:>7.2f} {:>8.2f}\n",
                     to_string(cell.asked), e.plan.cut, outside_text(e.cut_name).substr(0, 24), name(e.plan.codec),
                     milliseconds(e.mean.total()), e.has_interval() ? fmt::format("{:.2f}", milliseconds(e.ci95)) : "?",
                     milliseconds(e.p95), milliseconds(e.mean.head), milliseconds(e.mean.encode),
                     milliseconds(e.mean.network), milliseconds(e.mean.queue), milliseconds(e.mean.tail));
}

Json terms_json(const table::Terms& terms) {
  return {{"head_ms", milliseconds(terms.head)},
          {"encode_ms", milliseconds(terms.encode)},
          {"network_ms", milliseconds(terms.network)},
          {"queue_ms", milliseconds(terms.queue)},
          {"tail_ms", milliseconds(terms.tail)}};
}

Json estimate_json(const table::Estimate& e) {
  Json json{{"cut", e.plan.cut},
            {"cut_name", e.cut_name},
            {"codec", name(e.plan.codec)},
            {"mean_ms", milliseconds(e.mean.total())},
            {"ci95_ms", e.has_interval() ? Json(milliseconds(e.ci95)) : Json()},
            {"p95_ms", milliseconds(e.p95)},
            {"samples", e.samples},
            {"terms", terms_json(e.mean)},
            {"ci95_terms", e.has_interval() ? terms_json(e.ci95_terms) : Json()}};
  if (e.stream) json["stream_bytes"] = e.stream->count;
  return json;
}

std::string plan_text(const plan::Plan& plan, std::string_view cut_name) {
  return fmt::format("cut {} ({}) in {}", plan.cut, outside_text(cut_name), name(plan.codec));
}

std::string plans_text(const std::vector<plan::Plan>& plans) {
  std::string text;
  for (const plan::Plan& plan : plans)
    text += fmt::format("{}cut {} in {}", text.empty() ? "" : ", ", plan.cut, name(plan.codec));
  return text;
}

Json plans_json(const std::vector<plan::Plan>& plans) {
  Json list = Json::array();
  for (const plan::Plan& plan : plans) list.push_back({{"cut", plan.cut}, {"codec", name(plan.codec)}});
  return list;
}

Json stresses_json(const std::vector<plan::Stress>& cells) {
  Json list = Json::array();
  for (const plan::Stress& asked : cells) list.push_back(table::json_of(asked));
  return list;
}

std::string change_text(const table::BestChange& c) {
  return fmt::format("  {:<44} {} -> {}: by {:.2f} ms in the first and {:.2f} ms in the second, {} (± {:.2f} ms)\n",
                     to_string(c.asked), plan_text(c.first.plan, c.first.cut_name),
                     plan_text(c.second.plan, c.second.cut_name), milliseconds(c.gap_in_first),
                     milliseconds(c.gap_in_second), c.beyond_noise() ? "beyond the noise" : "within the noise",
                     milliseconds(c.noise));
}

Json change_json(const table::BestChange& c) {
  return {{"asked", table::json_of(c.asked)},
          {"first", estimate_json(c.first)},
          {"second", estimate_json(c.second)},
          {"gap_in_first_ms", milliseconds(c.gap_in_first)},
          {"gap_in_second_ms", milliseconds(c.gap_in_second)},
          {"noise_ms", milliseconds(c.noise)},
          {"beyond_noise", c.beyond_noise()}};
}

std::string term_text(const table::TermChange& t) {
  return fmt::format("  {:<44} {:<7} {:>9.2f} -> {:>9.2f} ms ({:+.2f}) of {}\n", to_string(t.asked), t.term,
                     milliseconds(t.first), milliseconds(t.second), milliseconds(t.change()),
                     plan_text(t.plan, t.cut_name));
}

Json term_json(const table::TermChange& t) {
  return {{"asked", table::json_of(t.asked)},  {"cut", t.plan.cut},
          {"codec", name(t.plan.codec)},       {"term", t.term},
          {"first_ms", milliseconds(t.first)}, {"second_ms", milliseconds(t.second)}};
}

std::string bytes_text(const std::optional<Bytes>& bytes) {
  return bytes ? std::to_string(bytes->count) : "none";
}

std::string stream_text(const table::StreamChange& s) {
  return fmt::format("  {} -> {} bytes of {}\n", bytes_text(s.first), bytes_text(s.second),
                     plan_text(s.plan, s.cut_name));
}

Json stream_json(const table::StreamChange& s) {
  Json json{{"cut", s.plan.cut}, {"codec", name(s.plan.codec)}};
  if (s.first) json["first_bytes"] = s.first->count;
  if (s.second) json["second_bytes"] = s.second->count;
  return json;
}

std::string cells_text(std::string_view which, const std::vector<plan::Stress>& cells) {
  if (cells.empty()) return "";
  std::string text = fmt::format("cells of the {} table alone ({}):\n", which, cells.size());
  for (const plan::Stress& asked : cells) text += "  " + to_string(asked) + "\n";
  return text;
}

}  // namespace

std::string origin_text(const table::PartitionTable& table) {
  const table::PartitionTable::Origin& origin = table.origin();
  return fmt::format("{} ({:.12}): {} plans of {} cuts in {} cells; {}, {}\n  edge in {}: {}\n  cloud in {}: {}\n",
                     outside_text(origin.model_name), origin.model, table.unstressed().estimates.size(), origin.cuts,
                     table.cells().size(), outside_text(origin.method), outside_text(origin.created),
                     name(origin.precisions.edge), machine_text(origin.edge), name(origin.precisions.cloud),
                     machine_text(origin.cloud)) +
         inputs_text(table) + quality_text(origin.quality);
}

std::string show_text(const table::PartitionTable& table) {
  std::string text = origin_text(table) +
                     "best plan per condition, in ms (± is half of the 95 % interval of the mean; ?: measured once)\n";
  text += fmt::format("{:<44} {:>4} {:<24} {:<5} {:>9} {:>8} {:>9} {:>8} {:>7} {:>8} {:>7} {:>8}\n", "condition", "cut",
                      "after", "codec", "mean", "±", "p95", "head", "encode", "network", "queue", "tail");
  for (const table::Cell& cell : table.cells()) {
    text += row(cell);
    for (const std::string& remark : cell.remarks) text += "  " + outside_text(remark, kLongestRemark) + "\n";
  }
  return text;
}

std::string show_json(const table::PartitionTable& table) {
  Json json = origin_json(table);
  if (Json streams = streams_json(table); !streams.empty()) json["streams"] = std::move(streams);
  if (Json accuracy = accuracy_json(table); !accuracy.empty()) json["accuracy"] = std::move(accuracy);
  json["cells"] = Json::array();
  for (const table::Cell& cell : table.cells())
    json["cells"].push_back(
        {{"asked", table::json_of(cell.asked)}, {"remarks", cell.remarks}, {"best", estimate_json(best_of(cell))}});
  return table::text_of(json, 1) + "\n";
}

std::string difference_text(const table::TableDifference& d) {
  std::string text = d.origin.empty() ? "of the same origin\n" : "";
  for (const table::TextDifference& each : d.origin)
    text +=
        fmt::format("{}: {} -> {}\n", outside_text(each.what), each.first.empty() ? "none" : outside_text(each.first),
                    each.second.empty() ? "none" : outside_text(each.second));
  if (!d.plans_only_in_first.empty())
    text += fmt::format("plans of the first table alone: {}\n", plans_text(d.plans_only_in_first));
  if (!d.plans_only_in_second.empty())
    text += fmt::format("plans of the second table alone: {}\n", plans_text(d.plans_only_in_second));
  if (!d.streams.empty()) text += "bytes in a stream differ:\n";
  for (const table::StreamChange& stream : d.streams) text += stream_text(stream);
  text += cells_text("first", d.only_in_first) + cells_text("second", d.only_in_second);
  if (d.common == 0) return text + "no cell is in both tables\n";
  text += fmt::format(
      "the best plan is the same in {} of {} cells ({:.1f} %), and the same within the noise in {} ({:.1f} %); the "
      "first "
      "table's choice costs at most {:.1f} % more by the second\n",
      d.unchanged, d.common, 100 * d.agreement(), d.within_noise, 100 * d.agreement_within_noise(),
      100 * d.worst_regret);
  if (!d.changes.empty()) text += "another plan is best:\n";
  for (const table::BestChange& change : d.changes) text += change_text(change);
  const std::size_t shown = std::min(d.terms.size(), kTermsPrinted);
  if (shown > 0) text += "largest changes of a term:\n";
  for (std::size_t i = 0; i < shown; ++i) text += term_text(d.terms[i]);
  return text;
}

std::string difference_json(const table::TableDifference& d) {
  Json json{{"origin", Json::array()},
            {"plans_only_in_first", plans_json(d.plans_only_in_first)},
            {"plans_only_in_second", plans_json(d.plans_only_in_second)},
            {"only_in_first", stresses_json(d.only_in_first)},
            {"only_in_second", stresses_json(d.only_in_second)},
            {"common", d.common},
            {"agreement", d.agreement()},
            {"agreement_within_noise", d.agreement_within_noise()},
            {"worst_regret_percent", 100 * d.worst_regret},
            {"changes", Json::array()},
            {"terms", Json::array()},
            {"streams", Json::array()}};
  for (const table::TextDifference& each : d.origin)
    json["origin"].push_back({{"what", each.what}, {"first", each.first}, {"second", each.second}});
  for (const table::BestChange& change : d.changes) json["changes"].push_back(change_json(change));
  for (const table::TermChange& term : d.terms) json["terms"].push_back(term_json(term));
  for (const table::StreamChange& stream : d.streams) json["streams"].push_back(stream_json(stream));
  return table::text_of(json, 1) + "\n";
}

}  // namespace tideline::print
