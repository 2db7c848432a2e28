#include "runtime/app/config/settings.h"

#include "runtime/app/config/values.h"
#include "runtime/base/units.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <limits>

namespace tideline::config {
namespace {

struct Entry {
  std::string name;
  std::string value;
};

// "NAME=VALUE"; a VALUE alone is for the only model.
Entry parse_entry(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {"", std::string(text)};
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

// A setter that parses with `parse` and stores with `store`.
template <typename Parse, typename Store>
auto reads(Parse parse, Store store) {
  return [parse, store](Config& config, std::string_view text) -> Result<void> {
    auto value = parse(text);
    if (!value) return value.error();
    store(config, *std::move(value));
    return {};
  };
}

template <typename Store>
auto reads_text(Store store) {
  return [store](Config& config, std::string_view text) -> Result<void> {
    if (text.empty()) return error(ErrorKind::invalid, "the value is empty");
    store(config, std::string(text));
    return {};
  };
}

template <typename Store>
auto reads_integer(std::int64_t least, std::int64_t most, Store store) {
  return reads([least, most](std::string_view text) { return parse_integer(text, least, most); }, store);
}

// "NAME=FILE"; a FILE alone is named after itself: nets/alexnet.pt is alexnet.
Entry parse_model(std::string_view text) {
  if (text.find('=') != std::string_view::npos) return parse_entry(text);
  return {std::filesystem::path(text).stem().string(), std::string(text)};
}

Result<void> set_model(Config& config, std::string_view text) {
  const Entry entry = parse_model(text);
  if (entry.name.empty() || entry.value.empty() || entry.name.find('/') != std::string::npos)
    return error(ErrorKind::invalid, "'{}' does not name a model; write NAME=FILE, for example alexnet=alexnet.pt",
                 text);
  config.models[entry.name] = entry.value;
  return {};
}

Result<void> set_table(Config& config, std::string_view text) {
  const Entry entry = parse_entry(text);
  if (entry.value.empty()) return error(ErrorKind::invalid, "'{}' names no file; write NAME=FILE or FILE", text);
  config.tables[entry.name] = entry.value;
  return {};
}

// "NAME=PRESET", or one value of it as "NAME.fit=crop".
Result<void> set_images(Config& config, std::string_view text) {
  const Entry entry = parse_entry(text);
  const std::size_t dot = entry.name.rfind('.');
  const bool whole = dot == std::string::npos || !is_image_setting(std::string_view(entry.name).substr(dot + 1));
  ImageSettings& settings = config.images[whole ? entry.name : entry.name.substr(0, dot)];
  return set_image(settings, whole ? "preset" : std::string_view(entry.name).substr(dot + 1), entry.value);
}

Result<void> set_priority(Config& config, std::string_view text) {
  const Entry entry = parse_entry(text);
  const auto priority = parse_integer(entry.value, 1, std::numeric_limits<Priority>::max());
  if (!priority) return priority.error();
  config.priorities[entry.name] = static_cast<Priority>(*priority);
  return {};
}

// Parses each part of a text whose parts are separated by spaces or semicolons.
template <typename Parse>
auto parse_each(std::string_view text, Parse parse) -> Result<std::vector<std::decay_t<decltype(*parse(text))>>> {
  std::vector<std::decay_t<decltype(*parse(text))>> all;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(" ;"), rest.size());
    if (end > 0) {
      auto one = parse(rest.substr(0, end));
      if (!one) return one.error();
      all.push_back(*std::move(one));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return all;
}

// "fp32[1,3,224,224] int64[1,7]", each perhaps with its name as in "pixels:fp32[1,3,224,224]".
Result<void> set_inputs(Config& config, std::string_view text) {
  const Entry entry = parse_entry(text);
  auto specs = parse_each(entry.value, parse_tensor_spec);
  if (!specs) return specs.error();
  if (specs->empty()) return error(ErrorKind::invalid, "no input is given; write for example fp32[1,3,224,224]");
  config.inputs[entry.name] = *std::move(specs);
  return {};
}

// "scores boxes"
Result<void> set_outputs(Config& config, std::string_view text) {
  const Entry entry = parse_entry(text);
  const auto checked = [](std::string_view name) -> Result<std::string> {
    if (const auto good = check_tensor_name(name); !good) return good.error();
    return std::string(name);
  };
  auto names = parse_each(entry.value, checked);
  if (!names) return names.error();
  if (names->empty()) return error(ErrorKind::invalid, "no output is named; write for example 'scores boxes'");
  config.outputs[entry.name] = *std::move(names);
  return {};
}

constexpr std::int64_t kMany = 1 << 20;
constexpr unsigned kEdge = kProfile | kServe;
constexpr unsigned kLinked = kEdge | kCloud | kCheck;
constexpr unsigned kModels = kInspect | kEdge | kCloud | kCheck | kSplit;

const std::array kSettings{
    Setting{"models.*", "--model", kModels, "[NAME=]FILE",
            "a TorchScript file and the name to serve it by, else that of the file; may be repeated", set_model},
    Setting{"inputs.*", "--input", kModels, "[NAME=]SPEC",
            "the model's inputs, as fp32[1,3,224,224], if its file does not say them; * as first size takes any batch; "
            "with the name for clients as pixels:fp32[1,3,224,224]",
            set_inputs},
    Setting{"outputs.*", "--output", kModels & ~kSplit, "[NAME=]NAMES",
            "the names of the model's outputs for clients, in order, as 'scores boxes'", set_outputs},
    Setting{
        "images.*", "--image", kModels & ~kSplit, "NAME=PRESET",
        "the model takes images: imagenet, keras, yolo or raw; one value of it as NAME.fit=stretch, NAME.labels=FILE "
        "or NAME.task=classify",
        set_images},
    Setting{"tables.*", "--table", kEdge | kCheck, "[NAME=]FILE",
            "the partition table; --profile writes it, --serve reads it", set_table},
    Setting{"priorities.*", "--priority", kServe | kCloud, "[NAME=]NUMBER",
            "the priority of the model's requests that bring none: 1 is served before all others; by default 10",
            set_priority},
    Setting{"edge.peer", "--peer", kEdge | kCheck, "HOST:PORT[,...]",
            "the cloud that runs tails; several, by commas or by repeating it, share the requests",
            reads(parse_peers, [](Config& c, std::vector<wire::Endpoint> v) { c.edge.peers = std::move(v); })},
    Setting{"edge.reconnect_after", "--reconnect-after", kServe, "TIME",
            "replace connections of this age, so that a load balancer can lead them to other clouds",
            reads(parse_reconnect, [](Config& c, Duration v) { c.edge.reconnect_after = v; })},
    Setting{
        "edge.policy", "--policy", kServe, "adaptive|table|static|shortest-queue|least-work",
        "adaptive: by the predicted latency of every plan, and the load; table: by the nearest cell; static: one plan; "
        "the others are for comparison",
        reads(decide::parse_policy, [](Config& c, decide::PolicyKind v) { c.edge.policy = v; })},
    Setting{"edge.cut", "--cut", kServe | kSplit, "INDEX",
            "the cut of the static policy (by default edge-only), or the cut to split at",
            reads_integer(0, kMany, [](Config& c, std::int64_t v) { c.edge.cut = static_cast<std::uint32_t>(v); })},
    Setting{"edge.codec", "--codec", kServe, "fp32|fp16|q64|q32|q16|q8|q4|q2|q1|source|u8|jpeg95|jpeg75",
            "the codec of the static policy; for images source, u8, jpeg95 or jpeg75",
            reads(plan::parse_codec, [](Config& c, plan::Codec v) { c.edge.codec = v; })},
    Setting{"edge.hysteresis", "--hysteresis", kServe, "SHARE", "the least predicted gain for which the cut moves",
            reads(parse_share, [](Config& c, double v) { c.edge.hysteresis = v; })},
    Setting{
        "edge.patience", "--patience", kServe, "TIME",
        "how long to wait for the cloud, beyond the wait for other requests, before the tail runs here; ten times as "
        "long while the edge computes for others",
        reads(parse_duration, [](Config& c, Duration v) { c.edge.patience = v; })},
    Setting{"edge.connect_timeout", "", 0, "TIME",
            "how long each step of connecting to the cloud may take: name servers, TCP, TLS, greeting",
            reads(parse_connect_timeout, [](Config& c, Duration v) { c.edge.connect_timeout = v; })},
    Setting{"edge.tick", "", 0, "TIME", "how often the agent reads the conditions and decides",
            reads(parse_duration,
                  [](Config& c, Duration v) { c.edge.tick = std::max<Duration>(v, std::chrono::milliseconds(1)); })},
    Setting{"edge.uplink_limit", "--uplink-limit", kServe, "RATE", "limit the uplink to this rate",
            reads(parse_rate, [](Config& c, BitsPerSecond v) { c.edge.uplink_limit = v; })},
    Setting{"edge.min_top1", "--min-top1", kEdge, "SHARE",
            "serve only by plans that put the largest number where fp32 puts it, in at least this share of answers",
            reads(parse_share, [](Config& c, double v) { c.edge.min_top1 = v; })},
    Setting{"edge.max_error", "--max-error", kEdge, "SHARE",
            "serve only by plans whose answers differ from fp32's by at most this share of the largest number",
            reads(parse_share, [](Config& c, double v) { c.edge.max_error = v; })},
    Setting{"edge.min_accuracy", "--min-accuracy", kEdge, "SHARE",
            "serve only by plans that were right for at least this share of the labelled images; of a detector: that "
            "kept this share of fp32's boxes",
            reads(parse_share, [](Config& c, double v) { c.edge.min_accuracy = v; })},
    Setting{
        "edge.first_cut", "--first-cut", kServe, "INDEX", "the first cut whose tensors may leave the edge",
        reads_integer(0, kMany, [](Config& c, std::int64_t v) { c.edge.first_cut = static_cast<std::uint32_t>(v); })},
    Setting{"edge.max_sent", "--max-sent", kServe, "SIZE", "the most that one request may send, as 256 KiB",
            reads(parse_bytes, [](Config& c, Bytes v) { c.edge.max_sent = v; })},
    Setting{"edge.max_sent_per_day", "--max-sent-per-day", kServe, "SIZE",
            "the most that all requests and probes together may send in 24 hours, as 2 GiB",
            reads(parse_bytes, [](Config& c, Bytes v) { c.edge.max_sent_per_day = v; })},
    Setting{"edge.swap_cost", "--swap-cost", kServe, "TIME",
            "the cost of moving the cut: it moves once staying has cost as much",
            reads(parse_duration, [](Config& c, Duration v) { c.edge.swap_cost = v; })},
    Setting{"edge.decisions", "--decisions", kServe, "FILE",
            "log decisions and their reasons to this file, as JSON lines",
            reads_text([](Config& c, std::string v) { c.edge.decisions = std::move(v); })},
    Setting{"edge.decisions_size", "", 0, "SIZE", "the size at which the log of decisions is rotated",
            reads(parse_bytes, [](Config& c, Bytes v) { c.edge.decisions_size = std::max(v, 4_KiB); })},
    Setting{"edge.deadline", "--deadline", kServe, "TIME",
            "answer within this, if a plan can; refuse what comes too late because others wait",
            reads(parse_duration, [](Config& c, Duration v) { c.edge.deadline = v; })},
    Setting{"edge.learn", "", 0, "", "measure a model that has no table while it is served, and move its cut then",
            reads(parse_bool, [](Config& c, bool v) { c.edge.learn = v; })},
    Setting{"edge.learn_memory", "", 0, "SIZE",
            "the memory for inputs of clients, over which an edge without a table measures steps; 0 B: none are kept",
            reads(parse_bytes, [](Config& c, Bytes v) { c.edge.learn_memory = v; })},
    Setting{"edge.state", "--state", kServe, "DIR", "keep what was learned without a table in this folder",
            reads_text([](Config& c, std::string v) { c.edge.state = std::move(v); })},
    Setting{"edge.memory", "--memory", kEdge | kInspect | kCheck, "SIZE",
            "the memory that each network may use here, as 128 MiB",
            reads(parse_bytes, [](Config& c, Bytes v) { c.edge.memory = v; })},
    Setting{"edge.stream_memory", "", 0, "SIZE", "the memory for the last requests of streams; 0 B: all are sent whole",
            reads(parse_bytes, [](Config& c, Bytes v) { c.edge.stream_memory = v; })},
    Setting{"objective.joule", "", 0, "TIME", "the latency that a joule of the edge's energy is worth",
            reads(parse_duration, [](Config& c, Duration v) { c.objective.joule = v; })},
    Setting{"objective.cloud_second", "", 0, "TIME", "the latency that a second of the cloud's time is worth",
            reads(parse_duration, [](Config& c, Duration v) { c.objective.cloud_second = v; })},
    Setting{"objective.sent_mib", "", 0, "TIME", "the latency that a sent MiB is worth",
            reads(parse_duration, [](Config& c, Duration v) { c.objective.sent_mib = v; })},
    Setting{"objective.computing_watts", "", 0, "POWER", "the edge's power while it computes, as 6.5 W",
            reads(parse_watts, [](Config& c, double v) { c.objective.computing_watts = v; })},
    Setting{"objective.sending_watts", "", 0, "POWER", "the edge's power while it sends",
            reads(parse_watts, [](Config& c, double v) { c.objective.sending_watts = v; })},
    Setting{"objective.waiting_watts", "", 0, "POWER", "the edge's power while it waits for the cloud",
            reads(parse_watts, [](Config& c, double v) { c.objective.waiting_watts = v; })},
    Setting{"cloud.listen", "--listen", kCloud, "HOST:PORT", "the address at which edges connect",
            reads(wire::parse_endpoint, [](Config& c, wire::Endpoint v) { c.cloud.listen = std::move(v); })},
    Setting{"cloud.allow_stress", "--allow-stress", kCloud, "", "let a profiler load this machine",
            reads(parse_bool, [](Config& c, bool v) { c.cloud.allow_stress = v; })},
    Setting{"cloud.max_payload", "", 0, "SIZE", "the largest tensor data of one request",
            reads(parse_bytes, [](Config& c, Bytes v) { c.cloud.limits.payload = v; })},
    Setting{"cloud.max_in_flight", "", 0, "COUNT", "requests of one edge that may wait or run",
            reads_integer(1, kMany,
                          [](Config& c, std::int64_t v) { c.cloud.limits.in_flight = static_cast<std::uint32_t>(v); })},
    Setting{
        "cloud.max_connections", "", 0, "COUNT", "edges that may be connected",
        reads_integer(1, kMany,
                      [](Config& c, std::int64_t v) { c.cloud.limits.connections = static_cast<std::uint32_t>(v); })},
    Setting{"cloud.max_batch", "", 0, "COUNT", "tails of one kind that may run as one batch; 1: each runs alone",
            reads_integer(1, 256, [](Config& c, std::int64_t v) { c.cloud.max_batch = static_cast<std::size_t>(v); })},
    Setting{"cloud.max_batch_wait", "", 0, "TIME",
            "how long a tail may wait for others to join its batch, right after several ran together",
            reads(parse_duration, [](Config& c, Duration v) { c.cloud.max_batch_wait = v; })},
    Setting{"cloud.drain", "", 0, "TIME", "how long to finish accepted tails before stopping",
            reads(parse_duration, [](Config& c, Duration v) { c.cloud.drain = v; })},
    Setting{"cloud.access_log", "", 0, "", "log a line for every tail that is answered or refused",
            reads(parse_bool, [](Config& c, bool v) { c.cloud.access_log = v; })},
    Setting{"cloud.max_in_flight_size", "", 0, "SIZE", "the total size of one edge's tensors that may wait or run",
            reads(parse_bytes, [](Config& c, Bytes v) { c.cloud.limits.in_flight_bytes = v; })},
    Setting{"cloud.stream_memory", "", 0, "SIZE", "the memory for the last requests of streams; a quarter for one edge",
            reads(parse_bytes,
                  [](Config& c, Bytes v) {
                    c.cloud.limits.references = v;
                    c.cloud.limits.peer_references = {v.count / 4};
                  })},
    Setting{"cloud.max_peer_connections", "", 0, "COUNT",
            "connections of one edge (one certificate; without TLS one address)",
            reads_integer(
                1, kMany,
                [](Config& c, std::int64_t v) { c.cloud.limits.peer_connections = static_cast<std::uint32_t>(v); })},
    Setting{"cloud.idle_timeout", "", 0, "TIME", "how long an edge may be silent",
            reads(parse_duration, [](Config& c, Duration v) { c.cloud.limits.idle = v; })},
    Setting{"tls.ca", "--tls-ca", kLinked, "FILE", "the CA that must have issued the other side's certificate",
            reads_text([](Config& c, std::string v) { c.tls.ca = std::move(v); })},
    Setting{"tls.cert", "--tls-cert", kLinked, "FILE", "this side's certificate",
            reads_text([](Config& c, std::string v) { c.tls.cert = std::move(v); })},
    Setting{"tls.key", "--tls-key", kLinked, "FILE", "its private key",
            reads_text([](Config& c, std::string v) { c.tls.key = std::move(v); })},
    Setting{"tls.peer_name", "--tls-peer-name", kEdge | kCheck, "HOST",
            "the name that the cloud's certificate must have; by default the host of --peer",
            reads_text([](Config& c, std::string v) { c.tls.peer_name = std::move(v); })},
    Setting{"tls.insecure", "--insecure", kLinked, "", "use plain TCP even if the link leaves this machine",
            reads(parse_bool, [](Config& c, bool v) { c.tls.insecure = v; })},
    Setting{"http.listen", "--http", kServe | kCloud, "HOST:PORT",
            "the address at which clients ask for inferences and metrics",
            reads(wire::parse_endpoint, [](Config& c, wire::Endpoint v) { c.http.listen = std::move(v); })},
    Setting{"http.max_body", "", 0, "SIZE", "the largest request body",
            reads(parse_bytes, [](Config& c, Bytes v) { c.http.max_body = v; })},
    Setting{"held.all", "--max-held", kServe | kCloud, "SIZE",
            "the most bytes held for clients and peers together: bodies, tensors, answers",
            reads(parse_bytes, [](Config& c, Bytes v) { c.held.all = v; })},
    Setting{"held.per_peer", "--max-held-per-peer", kServe | kCloud, "SIZE", "the most of them for one client or peer",
            reads(parse_bytes, [](Config& c, Bytes v) { c.held.per_peer = v; })},
    Setting{"http.workers", "", 0, "COUNT", "requests handled at once",
            reads_integer(1, 1024, [](Config& c, std::int64_t v) { c.http.workers = static_cast<int>(v); })},
    Setting{"http.queue", "", 0, "COUNT", "requests that may wait for a worker",
            reads_integer(0, kMany, [](Config& c, std::int64_t v) { c.http.queue = static_cast<int>(v); })},
    Setting{"http.queue_time", "", 0, "TIME", "the longest that a request may wait for a worker",
            reads(parse_queue_time, [](Config& c, Duration v) { c.http.queue_time = v; })},
    Setting{"http.access_log", "", 0, "", "log a line for every answer over HTTP",
            reads(parse_bool, [](Config& c, bool v) { c.http.access_log = v; })},
    Setting{"http.tls_cert", "", 0, "FILE",
            "the certificate by which clients ask over HTTPS, with those between it and its CA",
            reads_text([](Config& c, std::string v) { c.http.tls_cert = std::move(v); })},
    Setting{"http.tls_key", "", 0, "FILE", "its private key",
            reads_text([](Config& c, std::string v) { c.http.tls_key = std::move(v); })},
    Setting{"http.token_file", "--token-file", kServe | kCloud | kCheck, "FILE",
            "the token that clients must send as 'Authorization: Bearer TOKEN'; health needs none",
            reads_text([](Config& c, std::string v) { c.http.token_file = std::move(v); })},
    Setting{"profile.grid", "--grid", kProfile, "quick|seed|FILE", "the conditions to measure under; FILE is in TOML",
            reads_text([](Config& c, std::string v) { c.profile.grid = std::move(v); })},
    Setting{
        "profile.method", "--method", kProfile, "exhaustive|separable",
        "exhaustive: every plan under every condition; separable: each side by itself, the rest predicted and checked",
        reads(journal::parse_method, [](Config& c, journal::Method v) { c.profile.method = v; })},
    Setting{"profile.samples", "--samples", kProfile | kAnalyse, "FILE", "the journal of measurements",
            reads_text([](Config& c, std::string v) { c.profile.samples = std::move(v); })},
    Setting{"profile.repetitions", "--repetitions", kProfile, "COUNT",
            "measurements per plan and condition; with --interval or --budget, at most so many",
            reads_integer(1, 10000,
                          [](Config& c, std::int64_t v) { c.profile.repetitions = static_cast<std::uint32_t>(v); })},
    Setting{"profile.interval", "--interval", kProfile, "SHARE",
            "measure until a mean's 95 % interval is within this share, as 3 %; at least three times",
            reads(parse_interval, [](Config& c, double v) { c.profile.interval = v; })},
    Setting{"profile.budget", "--budget", kProfile, "TIME",
            "measure within this time: fewer conditions, then fewer codecs; shards and refreshes only repeat less",
            reads(parse_duration, [](Config& c, Duration v) { c.profile.budget = v; })},
    Setting{"profile.shard", "--shard", kProfile, "I/N", "measure only this part of the campaign; --merge joins them",
            reads(parse_shard, [](Config& c, Shard v) { c.profile.shard = v; })},
    Setting{"profile.progress", "--progress", kProfile, "line|json", "on stderr; json: one object per step",
            reads(parse_progress, [](Config& c, ProgressForm v) { c.profile.progress = v; })},
    Setting{"profile.http", "--http", kProfile, "HOST:PORT",
            "the address at which a browser sees the progress; by default there is none",
            reads(wire::parse_endpoint, [](Config& c, wire::Endpoint v) { c.profile.http = std::move(v); })},
    Setting{
        "profile.compared", "--compared", kProfile, "COUNT",
        "inputs over which a plan's answers are compared with those of fp32",
        reads_integer(1, kMany, [](Config& c, std::int64_t v) { c.profile.compared = static_cast<std::uint32_t>(v); })},
    Setting{"profile.seed", "--seed", kProfile, "NUMBER", "the seed of the order of measurement and of the input",
            reads_integer(0, std::numeric_limits<std::int64_t>::max(),
                          [](Config& c, std::int64_t v) { c.profile.seed = static_cast<std::uint64_t>(v); })},
    Setting{"profile.cuts", "--cuts", kProfile, "useful|all|INDEX,...",
            "useful: no other cut beats them; or indices as in 0,3,7",
            reads(parse_cuts, [](Config& c, std::string v) { c.profile.cuts = std::move(v); })},
    Setting{"profile.codecs", "--codecs", kProfile, "LIST",
            "codecs to measure, as fp32,q4; those of images at cut 0 as source,u8; by default the lossless ones, with "
            "--inputs or --sequence also steps, or all if edge.min_top1, edge.max_error or edge.min_accuracy is set",
            reads(parse_codecs, [](Config& c, std::vector<plan::Codec> v) { c.profile.codecs = std::move(v); })},
    Setting{"profile.inputs", "--inputs", kProfile | kInspect, "DIR",
            "measure with the images in this folder (JPEG, PNG, WebP), of a model that takes images",
            reads_text([](Config& c, std::string v) { c.profile.inputs = std::move(v); })},
    Setting{"profile.sequence", "--sequence", kProfile | kInspect, "DIR",
            "also measure what steps (q64 to q1) send in a stream: of the images in this folder, by the order of their "
            "names, as the frames of a clip",
            reads_text([](Config& c, std::string v) { c.profile.sequence = std::move(v); })},
    Setting{"profile.interface", "--interface", kProfile, "NAME",
            "shape this network interface with tc; by default the uplink is limited in-process",
            reads_text([](Config& c, std::string v) { c.profile.interface = std::move(v); })},
    Setting{"compute.threads", "--threads", kModels, "COUNT", "threads of one run; 0: as many as this process may use",
            reads_integer(0, 1024, [](Config& c, std::int64_t v) { c.compute.threads = static_cast<int>(v); })},
    Setting{"compute.slots", "--slots", kServe | kCloud, "COUNT", "runs at once",
            reads_integer(1, 1024, [](Config& c, std::int64_t v) { c.compute.slots = static_cast<int>(v); })},
    Setting{"compute.max_batch", "--max-batch", kModels, "COUNT",
            "the largest batch of a model whose batch is variable, as fp32[*,3,224,224]",
            reads_integer(1, kMany, [](Config& c, std::int64_t v) { c.compute.max_batch = v; })},
    Setting{"compute.precision", "--precision", kModels, "fp32|bf16|fp16",
            "bf16 or fp16, if the processor has it: weights in half the memory, less exact",
            reads(parse_precision, [](Config& c, Precision v) { c.compute.precision = v; })},
    Setting{"compute.kernels", "--kernels", kModels & ~kSplit, "auto|onednn|xnnpack|libtorch",
            "what computes on the processor: libtorch means its own operators, auto the fastest here",
            reads(parse_kernel_choice, [](Config& c, KernelChoice v) { c.compute.kernels = v; })},
    Setting{"compute.device", "--device", kModels & ~kSplit, "cpu|cuda|cuda:INDEX",
            "where networks run: on the processor, or on a GPU if libtorch is built with CUDA",
            reads(parse_device, [](Config& c, Device v) { c.compute.device = v; })},
    Setting{"log.level", "--log-level", kEveryMode, "debug|info|warning|error|off", "the least urgent lines to log",
            reads(parse_level, [](Config& c, std::string v) { c.log_level = std::move(v); })},
    Setting{"log.form", "--log", kServe | kCloud, "text|json", "the form of the log; json: one object per line",
            reads(parse_log_form, [](Config& c, LogForm v) { c.log_form = v; })},
};

Entry entry_of(const Setting& setting, std::string_view text) {
  return setting.key == "models.*" ? parse_model(text) : parse_entry(text);
}

}  // namespace

Result<void> Setting::set(Config& config, std::string_view text) const {
  if (const auto stored = store(config, text); !stored) return stored;
  config.given[key_of(text)] = by_name() ? entry_of(*this, text).value : std::string(text);
  return {};
}

std::string Setting::key_of(std::string_view text) const {
  if (!by_name()) return std::string(key);
  return std::string(key.substr(0, key.size() - 1)) + entry_of(*this, text).name;
}

std::string Setting::environment() const {
  if (by_name()) return {};
  std::string name = "TIDELINE_";
  for (const char c : key) name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::span<const Setting> settings() {
  return kSettings;
}

// A value without a name is for the only model.
Result<void> check_names(const Config& config) {
  if (config.models.empty()) return {};  // Modes that need a model check for it themselves.
  std::vector<std::string_view> names;
  names.reserve(config.models.size());
  for (const auto& [name, file] : config.models) names.push_back(name);
  for (const Setting& setting : settings()) {
    if (!setting.by_name()) continue;
    const std::string prefix(setting.key.substr(0, setting.key.size() - 1));
    for (const auto& [key, text] : config.given) {
      if (!key.starts_with(prefix) || key.size() == prefix.size()) continue;
      const std::string name = key.substr(prefix.size());
      const std::size_t dot = name.rfind('.');
      const bool of_image =
          dot != std::string::npos && setting.key == "images.*" && is_image_setting(name.substr(dot + 1));
      if (!config.models.contains(of_image ? name.substr(0, dot) : name))
        return error(ErrorKind::invalid, "{} ({}): there is no such model; the models are {}", key, setting.flag,
                     fmt::join(names, ", "));
    }
  }
  return {};
}

Result<void> read_environment(Config& config) {
  for (const Setting& setting : settings()) {
    if (setting.by_name()) continue;
    const std::string name = setting.environment();
    const char* const text = std::getenv(name.c_str());
    if (!text) continue;
    if (const auto set = setting.set(config, text); !set) return set.error().within(name);
  }
  return {};
}

}  // namespace tideline::config
