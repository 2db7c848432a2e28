#include "runtime/http/pages.h"

#include "policy/predict/prediction.h"
#include "runtime/http/inference_protocol.h"
#include "runtime/image/preparation.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tideline::http {
namespace {

using nlohmann::json;

json tensors(std::span<const TensorSpec> specs) {
  json all = json::array();
  for (const TensorSpec& spec : specs)
    all.push_back({{"name", spec.name}, {"datatype", oip_name(spec.dtype)}, {"shape", spec.shape}});
  return all;
}

// Tensors in the form of Triton's ModelConfig.
json config_tensors(std::span<const TensorSpec> specs) {
  json all = json::array();
  for (const TensorSpec& spec : specs)
    all.push_back(
        {{"name", spec.name}, {"data_type", fmt::format("TYPE_{}", oip_name(spec.dtype))}, {"dims", spec.shape}});
  return all;
}

json cuts(std::span<const model::Cut> cuts) {
  json all = json::array();
  for (const model::Cut& cut : cuts)
    all.push_back({{"index", cut.index},
                   {"name", cut.name},
                   {"bytes", cut.bytes.count},
                   {"head_memory_bytes", cut.head_memory.count}});
  return all;
}

json served(const engine::Engine::Counters& counters) {
  json by_placement;
  for (const engine::Placement p :
       {engine::Placement::edge, engine::Placement::cloud, engine::Placement::split, engine::Placement::fallback})
    by_placement[std::string(name(p))] = counters.served[static_cast<std::size_t>(p)];
  return by_placement;
}

json plan(const plan::Plan& plan, std::span<const model::Cut> cuts, std::optional<double> wire_ratio) {
  return {{"cut", plan.cut},
          {"cut_name", plan.cut < cuts.size() ? json(cuts[plan.cut].name) : json()},
          {"codec", name(plan.codec)},
          {"wire_ratio", wire_ratio ? json(*wire_ratio) : json()}};
}

json microseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

template <typename T>
json or_null(const std::optional<T>& reading) {
  return reading ? json(*reading) : json();
}

json conditions(const plan::Conditions& now) {
  return {{"uplink_bps", now.uplink ? json(now.uplink->value) : json()},
          {"rtt_us", now.rtt ? microseconds(*now.rtt) : json()},
          {"uplink_window_bytes", now.uplink_window ? json(now.uplink_window->count) : json()},
          {"uplink_stalled_us", now.uplink_stalled ? microseconds(*now.uplink_stalled) : json()},
          {"edge_slowdown", or_null(now.edge_slowdown)},
          {"cloud_slowdown", or_null(now.cloud_slowdown)},
          {"cloud_queue_us", now.cloud_queue ? microseconds(*now.cloud_queue) : json()},
          {"cloud_slots", or_null(now.cloud_slots)},
          {"edge_memory_free", or_null(now.edge_memory_free)},
          {"edge_waited", or_null(now.edge_waited)},
          {"edge_cpu_pressure", or_null(now.edge_cpu_pressure)},
          {"edge_throttled", or_null(now.edge_throttled)},
          {"edge_major_faults", or_null(now.edge_major_faults)},
          {"peer_up", or_null(now.peer_up)}};
}

json agreement(const plan::Agreement& agreement) {
  return {{"top1", agreement.top1}, {"max_error", agreement.max_error}, {"inputs", agreement.inputs}};
}

json prediction(const table::Estimate& estimate) {
  const table::Terms& terms = estimate.mean;
  return {{"cut", estimate.plan.cut},
          {"cut_name", estimate.cut_name},
          {"codec", name(estimate.plan.codec)},
          {"wire_bytes", estimate.wire.count},
          {"total_us", microseconds(terms.total())},
          {"p95_us", microseconds(estimate.p95)},
          {"agreement", estimate.agreement ? agreement(*estimate.agreement) : json()},
          {"terms",
           {{"head_us", microseconds(terms.head)},
            {"encode_us", microseconds(terms.encode)},
            {"network_us", microseconds(terms.network)},
            {"queue_us", microseconds(terms.queue)},
            {"tail_us", microseconds(terms.tail)}}}};
}

json shares(const engine::RecentPlans::Counts& counts, std::span<const model::Cut> cuts) {
  json list = json::array();
  for (const auto& [plan, count] : counts.by_plan)
    list.push_back({{"cut", plan.cut},
                    {"cut_name", plan.cut < cuts.size() ? cuts[plan.cut].name : ""},
                    {"codec", name(plan.codec)},
                    {"share", counts.share_of(plan)}});
  return list;
}

json load(const engine::SharedDispatcher::Load& load) {
  return {{"requests_per_s", load.rate},
          {"burstiness", load.burstiness},
          {"in_progress", load.backlog.requests},
          {"backlog",
           {{"edge_us", microseconds(load.backlog.edge)},
            {"uplink_us", microseconds(load.backlog.uplink)},
            {"cloud_us", microseconds(load.backlog.cloud)}}}};
}

// The plan may have changed since the status was published.
std::optional<double> wire_ratio_of(const engine::AgentStatus* status, const plan::Plan& plan) {
  return status && status->plan == plan ? status->wire_ratio : std::nullopt;
}

json link_state(const link::LinkState& state) {
  return {{"up", state.up},
          {"peer", state.peer},
          {"why", state.why},
          {"connects", state.connects},
          {"violations", state.violations},
          {"precision", state.up ? json(name(state.precision)) : json()},
          {"machine", state.up ? json(state.machine) : json()}};
}

json peer_state(const link::PeerState& peer) {
  json page = link_state(peer.link);
  if (!peer.standing) return page;
  const link::PeerCounters& standing = *peer.standing;
  page.update({{"share", standing.share},
               {"outstanding", standing.outstanding},
               {"ejected_us", standing.ejected_for ? microseconds(*standing.ejected_for) : json()},
               {"ejected_why", standing.ejected_why},
               {"answered", standing.answered},
               {"failed", standing.failed},
               {"abandoned", standing.abandoned},
               {"retried", standing.retried}});
  return page;
}

void add_decision(json& page, const engine::AgentStatus& status, std::span<const model::Cut> cuts) {
  page["policy"] = name(status.policy);
  page["why"] = status.why;
  if (!status.table_fault.empty()) page["table_fault"] = status.table_fault;
  page["reason"] = name(status.reason);
  page["bound"] = status.bound;
  page["accuracy"] = status.accuracy.empty() ? json() : json(status.accuracy);
  page["conditions"] = conditions(status.now);
  page["moves"] = status.moves;
  page["shares"] = shares(status.shares, cuts);
  page["load"] = load(status.load);
  if (!status.predicted) return;
  if (status.policy == decide::PolicyKind::table) page["cell"] = to_string(status.predicted->asked);
  for (const table::Estimate& estimate : status.predicted->estimates)
    page["predictions"].push_back(prediction(estimate));
}

}  // namespace

json server_page(std::string_view version) {
  return {{"name", "tideline"},
          {"version", version},
          {"extensions", json::array({"binary_tensor_data", "classification", "model_configuration", "model_repository",
                                      "schedule_policy", "sequence", "statistics"})}};
}

json model_page(const engine::Engine& engine) {
  return {{"name", engine.name()},
          {"versions", json::array({"1"})},
          {"platform", "pytorch_torchscript"},
          {"inputs", tensors(engine.model().inputs())},
          {"outputs", tensors(engine.model().outputs())}};
}

json config_page(const engine::Engine& engine) {
  return {{"name", engine.name()},
          {"platform", "pytorch_libtorch"},
          {"backend", "pytorch"},
          {"max_batch_size", 0},
          {"input", config_tensors(engine.model().inputs())},
          {"output", config_tensors(engine.model().outputs())}};
}

json index_entry(std::string_view model, bool ready) {
  constexpr std::string_view kWhyNot = "only the cloud holds the rest of the network, and it is away";
  return {{"name", model},
          {"version", "1"},
          {"state", ready ? "READY" : "UNAVAILABLE"},
          {"reason", ready ? std::string_view() : kWhyNot}};
}

json link_page(const link::Link& link) {
  json page = link_state(link.state());
  page["peers"] = json::array();
  for (const link::PeerState& peer : link.peers()) page["peers"].push_back(peer_state(peer));
  return page;
}

json model_status_page(const engine::Engine& engine, const engine::AgentStatus* status) {
  const engine::Engine::Counters counters = engine.counters();
  json page = {{"name", engine.name()},
               {"digest", engine.model().digest()},
               {"precision", name(engine.model().precision())},
               {"inputs", tensors(engine.model().inputs())},
               {"outputs", tensors(engine.model().outputs())},
               {"image", engine.image() ? json(image::canonical(engine.image()->preparation)) : json()},
               {"plan", plan(engine.plan(), engine.model().cuts(), wire_ratio_of(status, engine.plan()))},
               {"policy", json()},
               {"why", "nothing moves the cut here"},
               {"reason", json()},
               {"bound", json::array()},
               {"accuracy", json()},
               {"conditions", conditions({})},
               {"moves", 0},
               {"shares", json::array()},
               {"load", json()},
               {"served", served(counters)},
               {"failed", counters.failed},
               {"pending", counters.pending},
               {"races", {{"begun", counters.hedges.begun}, {"won_by_edge", counters.hedges.won_here}}},
               {"cell", json()},
               {"predictions", json::array()},
               {"deepest_cut", engine.model().deepest_cut()},
               {"cuts", cuts(engine.model().cuts())}};
  if (status) add_decision(page, *status, engine.model().cuts());
  return page;
}

json decision_page(const engine::AgentStatus& status, std::span<const model::Cut> cuts) {
  json page = {{"plan", plan(status.plan, cuts, status.wire_ratio)}, {"cell", json()}, {"predictions", json::array()}};
  add_decision(page, status, cuts);
  return page;
}

}  // namespace tideline::http
