#include "runtime/http/metrics.h"

#include "runtime/http/table_origin.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace tideline::http {
namespace {

using Labels = std::map<std::string, std::string>;
template <typename T>
using Family = prometheus::Family<T>;

const prometheus::Histogram::BucketBoundaries kInferenceSeconds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
                                                                   0.2,   0.5,   1,     2,    5,    10};
const prometheus::Histogram::BucketBoundaries kStageSeconds = {0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02,
                                                               0.05,   0.1,    0.2,   0.5,   1,     2,    5};

const prometheus::Histogram::BucketBoundaries kErrorRatio = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};

std::string_view outcome(std::size_t placement) {
  return name(static_cast<engine::Placement>(placement));
}

}  // namespace

struct Metrics::State {
  Family<prometheus::Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Family<prometheus::Gauge>& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  Family<prometheus::Histogram>& histogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  // A reading that never existed has no line; one that is gone is NaN.
  static void show(Family<prometheus::Gauge>& family, const Labels& labels, std::optional<double> reading) {
    if (reading || family.Has(labels))
      family.Add(labels).Set(reading.value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  // Raises a counter to the value of another one. REQUIRES: m is held, or two callers may both add the difference.
  static void raise(prometheus::Counter& counter, double to) { counter.Increment(to - counter.Value()); }

  std::mutex m;
  prometheus::Registry registry;  // Thread-safe, as are the families. Nothing is removed: references would dangle.

  Family<prometheus::Histogram>& duration =
      histogram("tideline_inference_duration_seconds", "Time from a request's arrival at the engine to its outputs.");
  Family<prometheus::Histogram>& stage =
      histogram("tideline_stage_duration_seconds", "Time that an inference spent in one stage.");
  Family<prometheus::Histogram>& prediction_error =
      histogram("tideline_prediction_error_ratio",
                "Difference between predicted and measured latency, as a share of the measured one.");
  Family<prometheus::Counter>& inferences =
      counter("tideline_inferences_total", "Inferences by how they were served, or failed.");
  Family<prometheus::Counter>& errors =
      counter("tideline_request_errors_total", "Inference requests answered with an error, by its kind.");
  Family<prometheus::Counter>& refused = counter(
      "tideline_refused_total", "Requests that were refused, or whose client left while they waited, by reason.");
  Family<prometheus::Gauge>& waiting = gauge("tideline_waiting_requests", "Requests that wait for a worker now.");
  Family<prometheus::Gauge>& pending = gauge("tideline_pending_requests", "Inferences under way now.");
  Family<prometheus::Gauge>& cut = gauge("tideline_cut_index", "Cut of the present plan.");
  Family<prometheus::Gauge>& ready = gauge("tideline_model_ready", "1 if a request could be answered now.");
  Family<prometheus::Counter>& swaps = counter("tideline_swaps_total", "How often the plan was replaced.");
  Family<prometheus::Counter>& rehearsed = counter(
      "tideline_rehearsal_seconds_total", "Time for which the network ran on zeros, to be measured or kept ready.");
  Family<prometheus::Counter>& races =
      counter("tideline_races_total", "Tails that ran on the edge while a late answer could still come.");
  Family<prometheus::Counter>& races_won =
      counter("tideline_races_won_by_edge_total", "Tails among these that were done before the answer came.");
  Family<prometheus::Gauge>& goodput =
      gauge("tideline_link_goodput_bytes_per_second", "Goodput from edge to cloud, as requests measured it.");
  Family<prometheus::Gauge>& rtt = gauge("tideline_link_rtt_seconds", "Smallest round trip of the last seconds.");
  Family<prometheus::Gauge>& edge_slowdown =
      gauge("tideline_edge_slowdown_ratio", "Head time over that of the unstressed table.");
  Family<prometheus::Gauge>& cloud_slowdown =
      gauge("tideline_cloud_slowdown_ratio", "Tail time in the cloud over that of the unstressed table.");
  Family<prometheus::Gauge>& wire_ratio =
      gauge("tideline_wire_bytes_ratio", "Bytes that requests of the present plan send, over those of the table.");
  Family<prometheus::Gauge>& plan_share =
      gauge("tideline_plan_share_ratio", "Share of the last requests that the plan served.");
  Family<prometheus::Gauge>& rate =
      gauge("tideline_request_rate", "Requests per second of all models, from the last arrivals.");
  Family<prometheus::Gauge>& backlog =
      gauge("tideline_backlog_seconds", "Work of the requests in progress, of all models, that a stage has yet to do.");
  Family<prometheus::Gauge>& memory =
      gauge("tideline_edge_memory_available_ratio", "Share of the edge's memory that is available.");
  Family<prometheus::Gauge>& pressure =
      gauge("tideline_edge_cpu_pressure_ratio", "Share of the last tick in which some task waited for a CPU.");
  Family<prometheus::Gauge>& waited =
      gauge("tideline_edge_waited_ratio", "Share of the last head's time in which its thread waited for a CPU.");
  Family<prometheus::Gauge>& throttled =
      gauge("tideline_edge_throttled_ratio", "Share of the last tick's periods in which a CPU quota had run out.");
  Family<prometheus::Gauge>& faults =
      gauge("tideline_edge_major_faults", "Pages that the agent had to read from disk in the last tick.");
  Family<prometheus::Gauge>& peer_up = gauge("tideline_peer_up", "1 if the link to the cloud peer is up.");
  Family<prometheus::Gauge>& peer_ejected =
      gauge("tideline_peer_ejected", "1 while the peer gets no requests because it failed or was far slower.");
  Family<prometheus::Gauge>& peer_outstanding =
      gauge("tideline_peer_outstanding_requests", "Requests under way at the peer now.");
  Family<prometheus::Counter>& peer_tails =
      counter("tideline_peer_tails_total", "Tails sent to the peer, by outcome: answered, failed, abandoned.");
  Family<prometheus::Counter>& peer_retries =
      counter("tideline_peer_retries_total", "Tails sent to the peer after another one had failed.");
  Family<prometheus::Counter>& connects = counter("tideline_link_connects_total", "How often the link came up.");
  Family<prometheus::Counter>& violations =
      counter("tideline_link_violations_total", "Connections closed because the peer violated the protocol.");
  Family<prometheus::Gauge>& cloud_connections = gauge("tideline_cloud_connections", "Edges that are connected now.");
  Family<prometheus::Gauge>& cloud_waiting = gauge("tideline_cloud_waiting_tails", "Tails in the queue now.");
  Family<prometheus::Counter>& cloud_tails =
      counter("tideline_cloud_tails_total", "Tails by outcome: served, refused.");
  Family<prometheus::Counter>& cloud_runs =
      counter("tideline_cloud_runs_total", "Runs of tails, by the number of requests in the batch.");
  Family<prometheus::Counter>& cloud_violations =
      counter("tideline_cloud_protocol_violations_total", "Connections closed because the edge violated the protocol.");
  Family<prometheus::Counter>& cloud_refusals =
      counter("tideline_cloud_refusals_total", "Connections and requests that were refused, by reason.");
  Family<prometheus::Counter>& cloud_received =
      counter("tideline_cloud_received_bytes_total", "Bytes received from edges.");
  Family<prometheus::Gauge>& cloud_streams =
      gauge("tideline_cloud_streams", "Streams of edges of which frames are kept now.");
  Family<prometheus::Gauge>& cloud_references =
      gauge("tideline_cloud_stream_references", "Frames that are kept now, for later ones that come as differences.");
  Family<prometheus::Gauge>& cloud_reference_bytes =
      gauge("tideline_cloud_stream_reference_bytes", "Memory that these frames take.");
  Family<prometheus::Counter>& stream_frames = counter(
      "tideline_stream_frames_total", "Requests sent as frames of a stream, by form: whole, difference, resent.");
  Family<prometheus::Gauge>& streams =
      gauge("tideline_streams", "Streams of this edge that are known now, once for each plan.");
  Family<prometheus::Gauge>& reference_bytes =
      gauge("tideline_stream_reference_bytes", "Memory that the references of these streams take.");
  Family<prometheus::Gauge>& build =
      gauge("tideline_build_info", "Always 1; the labels tell version, mode, precision and machine.");
  Family<prometheus::Gauge>& certificate_end =
      gauge("tideline_certificate_expiry_timestamp_seconds",
            "When this side's certificate, or its CA, stops being valid, in seconds since 1970.");
  Family<prometheus::Gauge>& certificate_refused =
      gauge("tideline_certificate_refused",
            "1 if the certificate files that were read last are not in use; the log says why.");
  Family<prometheus::Gauge>& table_usable =
      gauge("tideline_table_usable", "1 if the given table is used, 0 if it cannot be; the status says why.");
  Family<prometheus::Gauge>& table_fits = gauge(
      "tideline_table_fits", "0 once heads or tails have proved that the table no longer fits the machines, else 1.");
  Family<prometheus::Gauge>& table_evidence =
      gauge("tideline_table_misfit_evidence_ratio", "Evidence against the table: at 1 it no longer fits.");
  Family<prometheus::Gauge>& table_matches = gauge(
      "tideline_table_matches_machine", "1 if the table was measured on this machine, or on this cloud; 0 if not.");
};

Metrics::Metrics(Build build) : build_(std::move(build)), state_(std::make_unique<State>()) {
  Labels labels = {{"version", build_.version}, {"mode", build_.mode}, {"precision", build_.precision}};
  for (const char* const key : {"architecture", "cpu", "kernels", "libtorch"})
    if (const auto part = build_.machine.find(key); part != build_.machine.end()) labels.insert(*part);
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
  state_->build.Add(labels).Set(1);
}

Metrics::~Metrics() = default;

void Metrics::on_served(std::string_view model, const engine::InferResult& served) {
  const std::string label(model);
  state_->duration.Add({{"model", label}, {"placement", std::string(name(served.placement))}}, kInferenceSeconds)
      .Observe(seconds(served.timing.total));
  const auto observe = [&](const char* stage, Duration took) {
    state_->stage.Add({{"model", label}, {"stage", stage}}, kStageSeconds).Observe(seconds(took));
  };
  observe("queue", served.timing.queue);
  observe("head", served.timing.head);
  observe("encode", served.timing.encode);
  observe("uplink", served.timing.network);
  observe("tail", served.timing.tail);
  if (served.stream)
    state_->stream_frames.Add({{"model", label}, {"form", std::string(name(*served.stream))}}).Increment();
  if (!served.expected || served.timing.total <= Duration::zero()) return;
  const double off = seconds(*served.expected - served.timing.total) / seconds(served.timing.total);
  state_->prediction_error.Add({{"model", label}}, kErrorRatio).Observe(std::abs(off));
}

void Metrics::on_failed(std::string_view model, ErrorKind kind) {
  state_->errors.Add({{"model", std::string(model)}, {"kind", std::string(name(kind))}}).Increment();
}

void Metrics::set(std::string_view model, const engine::Engine::Counters& counters) {
  const std::lock_guard lock(state_->m);
  const std::string label(model);
  const auto raise = [&](std::string_view what, std::uint64_t to) {
    State::raise(state_->inferences.Add({{"model", label}, {"outcome", std::string(what)}}), to);
  };
  for (std::size_t i = 0; i < counters.served.size(); ++i) raise(outcome(i), counters.served[i]);
  raise("failed", counters.failed);
  State::raise(state_->swaps.Add({{"model", label}}), counters.swaps);
  State::raise(state_->rehearsed.Add({{"model", label}}), seconds(counters.rehearsed));
  State::raise(state_->races.Add({{"model", label}}), counters.hedges.begun);
  State::raise(state_->races_won.Add({{"model", label}}), counters.hedges.won_here);
  state_->pending.Add({{"model", label}}).Set(static_cast<double>(counters.pending));
  state_->streams.Add({}).Set(static_cast<double>(counters.streams.streams));
  state_->reference_bytes.Add({}).Set(static_cast<double>(counters.streams.memory.count));
}

void Metrics::set(std::string_view model, const engine::AgentStatus& status) {
  const Labels labels = {{"model", std::string(model)}};
  const plan::Conditions& now = status.now;
  const auto show = [&](Family<prometheus::Gauge>& family, std::optional<double> reading) {
    State::show(family, labels, reading);
  };
  show(state_->cut, status.plan.cut);
  show(state_->goodput, now.uplink ? std::optional(now.uplink->value / 8) : std::nullopt);
  show(state_->rtt, now.rtt ? std::optional(seconds(*now.rtt)) : std::nullopt);
  show(state_->edge_slowdown, now.edge_slowdown);
  show(state_->cloud_slowdown, now.cloud_slowdown);
  show(state_->wire_ratio, status.wire_ratio);
  show_load(status);
  show_shares(model, status);
  show(state_->memory, now.edge_memory_free);
  show(state_->pressure, now.edge_cpu_pressure);
  show(state_->waited, now.edge_waited);
  show(state_->throttled, now.edge_throttled);
  show(state_->faults, now.edge_major_faults);
}

void Metrics::show_load(const engine::AgentStatus& status) {
  state_->rate.Add({}).Set(status.load.rate);
  const dispatch::Backlog& backlog = status.load.backlog;
  state_->backlog.Add({{"stage", "edge"}}).Set(seconds(backlog.edge));
  state_->backlog.Add({{"stage", "uplink"}}).Set(seconds(backlog.uplink));
  state_->backlog.Add({{"stage", "cloud"}}).Set(seconds(backlog.cloud));
}

void Metrics::show_shares(std::string_view model, const engine::AgentStatus& status) {
  if (!status.predicted) return;
  for (const table::Estimate& one : status.predicted->estimates) {
    const Labels labels = {{"model", std::string(model)},
                           {"cut", std::to_string(one.plan.cut)},
                           {"codec", std::string(name(one.plan.codec))}};
    const double share = status.shares.share_of(one.plan);
    if (share > 0 || state_->plan_share.Has(labels)) state_->plan_share.Add(labels).Set(share);
  }
}

void Metrics::set_ready(std::string_view model, bool ready) {
  state_->ready.Add({{"model", std::string(model)}}).Set(ready ? 1 : 0);
}

void Metrics::set(const link::PeerState& peer) {
  const std::lock_guard lock(state_->m);
  const Labels labels = {{"peer", peer.link.peer}};
  state_->peer_up.Add(labels).Set(peer.link.up ? 1 : 0);
  State::raise(state_->connects.Add(labels), peer.link.connects);
  State::raise(state_->violations.Add(labels), peer.link.violations);
  if (!peer.standing) return;
  const link::PeerCounters& standing = *peer.standing;
  state_->peer_ejected.Add(labels).Set(standing.ejected_for ? 1 : 0);
  state_->peer_outstanding.Add(labels).Set(static_cast<double>(standing.outstanding));
  State::raise(state_->peer_retries.Add(labels), standing.retried);
  const auto raise = [&](const char* outcome, std::uint64_t to) {
    State::raise(state_->peer_tails.Add({{"peer", peer.link.peer}, {"outcome", outcome}}), to);
  };
  raise("answered", standing.answered);
  raise("failed", standing.failed);
  raise("abandoned", standing.abandoned);
}

void Metrics::set(const cloud::CloudServer::Counters& cloud) {
  const std::lock_guard lock(state_->m);
  state_->cloud_connections.Add({}).Set(static_cast<double>(cloud.connections));
  state_->cloud_waiting.Add({}).Set(static_cast<double>(cloud.waiting));
  State::raise(state_->cloud_tails.Add({{"outcome", "served"}}), cloud.served);
  State::raise(state_->cloud_tails.Add({{"outcome", "refused"}}), cloud.refused);
  for (const auto& [together, count] : cloud.runs)
    State::raise(state_->cloud_runs.Add({{"together", std::to_string(together)}}), count);
  State::raise(state_->cloud_violations.Add({}), cloud.violations);
  State::raise(state_->cloud_received.Add({}), cloud.received.count);
  state_->cloud_streams.Add({}).Set(static_cast<double>(cloud.streams));
  state_->cloud_references.Add({}).Set(static_cast<double>(cloud.stream_references));
  state_->cloud_reference_bytes.Add({}).Set(static_cast<double>(cloud.stream_reference_bytes.count));
  for (const auto& [reason, count] : cloud.refusals)
    State::raise(state_->cloud_refusals.Add({{"reason", reason}}), count);
}

void Metrics::show_certificate(const char* which, std::chrono::system_clock::time_point end) {
  state_->certificate_end.Add({{"certificate", which}})
      .Set(std::chrono::duration<double>(end.time_since_epoch()).count());
}

void Metrics::set(const wire::TlsIdentity::Status& tls) {
  state_->certificate_refused.Add({}).Set(tls.fault.empty() ? 0 : 1);
  if (!tls.expiry) return;
  show_certificate("own", tls.expiry->certificate);
  show_certificate("ca", tls.expiry->ca);
}

void Metrics::set_table(std::string_view model, const engine::AgentStatus& status, const link::LinkState* cloud) {
  const std::string label(model);
  if (status.table || !status.table_fault.empty())
    state_->table_usable.Add({{"model", label}}).Set(status.table_fault.empty() ? 1 : 0);
  const auto show = [&](const char* side, std::optional<bool> same) {
    const Labels labels = {{"model", label}, {"side", side}};
    State::show(state_->table_matches, labels, same ? std::optional<double>(*same ? 1 : 0) : std::nullopt);
  };
  const table::PartitionTable* const table = status.table.get();
  const auto fit = [&](Family<prometheus::Gauge>& family, double value) {
    State::show(family, {{"model", label}}, table ? std::optional(value) : std::nullopt);
  };
  fit(state_->table_fits, status.fit.misfit ? 0 : 1);
  fit(state_->table_evidence, status.fit.evidence);
  show("edge", table ? same_machine(table->origin().edge, build_.machine) : std::nullopt);
  show("cloud", table && cloud ? same_machine(table->origin().cloud, cloud->machine) : std::nullopt);
}

void Metrics::set(const std::map<std::string, std::uint64_t>& refused, std::size_t waiting) {
  const std::lock_guard lock(state_->m);
  state_->waiting.Add({}).Set(static_cast<double>(waiting));
  for (const auto& [reason, count] : refused) State::raise(state_->refused.Add({{"reason", reason}}), count);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace tideline::http
