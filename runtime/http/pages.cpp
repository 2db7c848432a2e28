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

// Tensors in the form of Triton's ModelConfig, whose sizes leave out a batch that varies.
json config_tensors(std::span<const TensorSpec> specs) {
  json all = json::array();
  for (const TensorSpec& spec : specs) {
    const std::span<const std::int64_t> sizes(spec.shape);
    const auto dims = sizes.subspan(any_batch(spec) ? 1 : 0);
    all.push_back({{"name", spec.name},
                   {"data_type", fmt::format("TYPE_{}", oip_name(spec.dtype))},
                   {"dims", Shape(dims.begin(), dims.end())}});
  }
  return all;
}

std::string_view config_format(const image::Preparation* images) {
  if (!images) return "FORMAT_NONE";
  return images->layout == image::Layout::nhwc ? "FORMAT_NHWC" : "FORMAT_NCHW";
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
  const auto& labelled = agreement.accuracy;
  const auto& boxes = agreement.boxes;
  return {{"top1", agreement.top1},
          {"max_error", agreement.max_error},
          {"inputs", agreement.inputs},
          {"accuracy", labelled ? json{{"labelled", labelled->labelled},
                                       {"top1", labelled->top1},
                                       {"top5", labelled->top5},
                                       {"whole_top1", labelled->whole_top1},
                                       {"whole_top5", labelled->whole_top5}}
                                : json()},
          {"boxes", boxes ? json{{"kept", boxes->hits}, {"of", boxes->of}} : json()}};
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

json work(const dispatch::WorkSeen& work) {
  json plans = json::array();
  for (const auto& [plan, computed] : work.computed)
    plans.push_back({{"model", plan.model},
                     {"cut", plan.cut},
                     {"codec", name(plan.codec)},
                     {"computed_us", microseconds(computed)}});
  return {{"cores", work.cores > 0 ? json(work.cores) : json()},
          {"rest_us", microseconds(work.rest)},
          {"plans", std::move(plans)}};
}

json load(const engine::SharedDispatcher::Load& load) {
  return {{"requests_per_s", load.rate},
          {"burstiness", load.burstiness},
          {"in_progress", load.backlog.requests},
          {"backlog",
           {{"edge_us", microseconds(load.backlog.edge)},
            {"uplink_us", microseconds(load.backlog.uplink)},
            {"cloud_us", microseconds(load.backlog.cloud)}}},
          {"work", work(load.work)}};
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

json table_fit(const estimate::TableFit::Verdict& fit) {
  json page = {{"fits", !fit.misfit}, {"evidence", fit.evidence}};
  if (fit.misfit) page["why"] = to_string(*fit.misfit);
  return page;
}

void add_decision(json& page, const engine::AgentStatus& status, std::span<const model::Cut> cuts) {
  page["policy"] = name(status.policy);
  page["why"] = status.why;
  if (!status.table_fault.empty()) page["table_fault"] = status.table_fault;
  if (status.table) page["table_fit"] = table_fit(status.fit);
  page["reason"] = name(status.reason);
  page["bound"] = status.bound;
  page["accuracy"] = status.accuracy.empty() ? json() : json(status.accuracy);
  page["conditions"] = conditions(status.now);
  page["moves"] = status.moves;
  page["shares"] = shares(status.shares, cuts);
  page["load"] = load(status.load);
  if (status.predicted && status.policy == decide::PolicyKind::table) page["cell"] = to_string(status.predicted->asked);
}

void add_predictions(json& page, const engine::AgentStatus& status) {
  if (!status.predicted) return;
  for (const table::Estimate& estimate : status.predicted->estimates)
    page["predictions"].push_back(prediction(estimate));
}

// The part of a model's state that changes, without the predictions.
json model_state(const engine::Engine& engine, const engine::AgentStatus* status) {
  const engine::Engine::Counters counters = engine.counters();
  json page = {{"name", engine.name()},
               {"plan", plan(engine.plan(), engine.model().cuts(), wire_ratio_of(status, engine.plan()))},
               {"policy", json()},
               {"why", "nothing moves the cut here"},
               {"table_fit", json()},
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
               {"cell", json()}};
  if (status) add_decision(page, *status, engine.model().cuts());
  return page;
}

json table_page(const engine::AgentStatus* status) {
  if (!status || !status->table) return {};
  const table::PartitionTable::Origin& origin = status->table->origin();
  return {{"created", origin.created},
          {"method", origin.method},
          {"cells", status->table->cells().size()},
          {"inputs", origin.inputs.empty() ? json() : json(origin.inputs)}};
}

json prediction_or_null(const table::Estimate* estimate) {
  return estimate ? prediction(*estimate) : json();
}

json observation(const LatencyWindow::Seen& seen) {
  json page = {{"requests", seen.requests},
               {"total_us", microseconds(seen.mean.total)},
               {"slowest_us", microseconds(seen.slowest)},
               {"terms",
                {{"head_us", microseconds(seen.mean.head)},
                 {"encode_us", microseconds(seen.mean.encode)},
                 {"network_us", microseconds(seen.mean.network)},
                 {"queue_us", microseconds(seen.mean.queue)},
                 {"tail_us", microseconds(seen.mean.tail)}}},
               {"forecast", json()}};
  if (seen.forecast)
    page["forecast"] = {{"expected_us", microseconds(seen.forecast->expected)},
                        {"observed_us", microseconds(seen.forecast->observed)}};
  return page;
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

json config_page(const engine::Engine& engine, const image::Preparation* images) {
  const model::Model& model = engine.model();
  json inputs = config_tensors(model.inputs());
  for (json& input : inputs) input["format"] = config_format(images);
  return {{"name", engine.name()},      {"platform", "pytorch_libtorch"},
          {"backend", "pytorch"},       {"max_batch_size", model.takes_any_batch() ? model.max_batch() : 0},
          {"input", std::move(inputs)}, {"output", config_tensors(model.outputs())}};
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

json tls_page(const std::optional<wire::TlsIdentity::Status>& tls, std::chrono::system_clock::time_point now) {
  if (!tls) return nullptr;
  json page = {
      {"certificate", tls->files.certificate}, {"expires", json()}, {"ca_expires", json()}, {"days_left", json()}};
  if (tls->expiry) {
    page["expires"] = wire::utc_text(tls->expiry->certificate);
    page["ca_expires"] = wire::utc_text(tls->expiry->ca);
    page["days_left"] = std::chrono::floor<std::chrono::days>(tls->expiry->first() - now).count();
  }
  if (!tls->fault.empty()) page["fault"] = tls->fault;
  return page;
}

json learning_page(const engine::LearningStatus& status) {
  return {{"state", name(status.doing)},
          {"text", status.text},
          {"since", status.since.empty() ? json() : json(status.since)},
          {"measured", status.measured},
          {"candidates", or_null(status.candidates)},
          {"widest_interval", or_null(status.widest)},
          {"again_from_uplink_bps", status.more_from ? json(status.more_from->value) : json()}};
}

json campaign_page(const CampaignStatus& status) {
  return {{"model", status.model},
          {"doing", status.doing},
          {"text", status.text},
          {"asked", status.asked.empty() ? json() : json(status.asked)},
          {"visit", status.visit},
          {"visits", status.visits},
          {"done", status.done},
          {"total", status.total},
          {"failed", status.failed},
          {"left_out", status.left_out},
          {"noise", or_null(status.noise)},
          {"remaining_us", status.remaining ? microseconds(*status.remaining) : json()}};
}

json model_status_page(const engine::Engine& engine, const engine::AgentStatus* status) {
  json page = model_state(engine, status);
  page.update({{"digest", engine.model().digest()},
               {"precision", name(engine.model().precision())},
               {"inputs", tensors(engine.model().inputs())},
               {"outputs", tensors(engine.model().outputs())},
               {"image", engine.image() ? json(image::canonical(engine.image()->preparation)) : json()},
               {"table", table_page(status)},
               {"learning", json()},
               {"predictions", json::array()},
               {"deepest_cut", engine.model().deepest_cut()},
               {"cuts", cuts(engine.model().cuts())}});
  if (status) add_predictions(page, *status);
  return page;
}

json model_event_page(const engine::Engine& engine, const engine::AgentStatus* status,
                      const std::optional<LatencyWindow::Seen>& observed) {
  json page = model_state(engine, status);
  const table::Cell* predicted = status ? status->predicted.get() : nullptr;
  page["predicted"] = prediction_or_null(predicted ? predicted->find(engine.plan()) : nullptr);
  page["fastest"] = prediction_or_null(predicted ? predicted->best([](const plan::Plan&) { return true; }) : nullptr);
  page["observed"] = observed ? observation(*observed) : json();
  return page;
}

json cloud_page(const cloud::CloudServer::Counters& counters) {
  json runs = json::array();
  for (const auto& [together, count] : counters.runs) runs.push_back({{"together", together}, {"count", count}});
  return {{"connections", counters.connections},
          {"waiting", counters.waiting},
          {"served", counters.served},
          {"refused", counters.refused},
          {"refusals", counters.refusals},
          {"violations", counters.violations},
          {"received_bytes", counters.received.count},
          {"runs", std::move(runs)},
          {"streams", counters.streams}};
}

json conditions_page(const plan::Conditions& now) {
  return conditions(now);
}

json decision_page(const engine::AgentStatus& status, std::span<const model::Cut> cuts) {
  json page = {{"plan", plan(status.plan, cuts, status.wire_ratio)}, {"cell", json()}, {"predictions", json::array()}};
  add_decision(page, status, cuts);
  add_predictions(page, status);
  return page;
}

}  // namespace tideline::http
