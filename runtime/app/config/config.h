// Config: all settings of the agent with their defaults. Plain values: settings.h reads them, the modes use them.
#pragma once

#include "policy/decide/policies.h"
#include "policy/plan/plan.h"
#include "profiler/journal/sample.h"
#include "runtime/app/config/image_settings.h"
#include "runtime/base/device.h"
#include "runtime/base/kernel_choice.h"
#include "runtime/base/precision.h"
#include "runtime/base/priority.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"
#include "runtime/link/tcp_link.h"
#include "runtime/wire/limits.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tideline::config {

enum class ProgressForm { line, json };
enum class LogForm { text, json };

// One of several parts of a campaign.
struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
};

struct Config {
  // By model name; the empty name stands for the only model.
  std::map<std::string, std::string> models;
  std::map<std::string, std::string> tables;
  std::map<std::string, std::vector<TensorSpec>> inputs;
  std::map<std::string, std::vector<std::string>> outputs;  // Their names, as clients know them.
  std::map<std::string, ImageSettings> images;              // Of the models that take images.
  std::map<std::string, Priority> priorities;               // Of requests that bring none.

  struct Compute {
    int threads = 0;              // Of one run; 0: as many cores as this process may use.
    int slots = 1;                // Runs at once.
    std::int64_t max_batch = 64;  // The largest batch of a model whose input's first size is *.
    Precision precision = Precision::fp32;
    KernelChoice kernels = KernelChoice::automatic;  // On the processor.
    Device device;
  } compute;

  struct Edge {
    std::vector<wire::Endpoint> peers;         // The clouds; each can serve every request.
    std::optional<Duration> reconnect_after;   // Absent: connections are never replaced.
    std::optional<decide::PolicyKind> policy;  // Absent: adaptive with a table, static without one.
    std::optional<std::uint32_t> cut;          // Of the static policy; absent: edge-only.
    plan::Codec codec = plan::Codec::fp32;     // Of the static policy.
    double hysteresis = 0.03;
    Duration patience = std::chrono::seconds(1);
    Duration connect_timeout = std::chrono::seconds(5);  // Of each step of connecting.
    Duration tick = std::chrono::milliseconds(100);
    std::optional<BitsPerSecond> uplink_limit;
    std::optional<double> min_top1;      // The least measured agreement with fp32; absent: no bound.
    std::optional<double> max_error;     // The largest measured error against fp32; absent: no bound.
    std::optional<double> min_accuracy;  // The least measured share of right answers or kept boxes; absent: no bound.
    std::optional<std::uint32_t> first_cut;  // The first cut whose tensors may leave the edge; absent: 0, the input.
    std::optional<Bytes> max_sent;           // By one request; absent: no bound.
    std::optional<Bytes> max_sent_per_day;   // By all models in 24 hours, with probes; absent: no bound.
    Duration swap_cost{};                    // The cost of moving the cut, for the adaptive policy.
    std::optional<std::string> decisions;    // The file of the decision log.
    Bytes decisions_size = 16_MiB;           // The size at which it is rotated.
    std::optional<Duration> deadline;        // For the p95, and for requests without one of their own; absent: none.
    Bytes stream_memory = 64_MiB;            // For the last requests of streams.
    bool learn = true;                       // Measure a model that has no table while it is served.
    Bytes learn_memory = 64_MiB;             // For inputs of clients, over which it measures steps; of each model.
    std::optional<std::string> state;        // The folder for what it learned; absent: none, or systemd's.
    std::optional<Bytes> memory;             // Per network, counted as in Cut::head_memory; absent: no bound.
  } edge;

  // Other costs than latency, for the adaptive policy: each as the latency that it is worth.
  struct Objective {
    Duration joule{};                                                  // A joule of the edge's energy.
    Duration cloud_second{};                                           // A second of the cloud's time.
    Duration sent_mib{};                                               // A sent MiB.
    double computing_watts = 0, sending_watts = 0, waiting_watts = 0;  // The edge's power.
  } objective;

  struct Cloud {
    wire::Endpoint listen{"127.0.0.1", 7070};
    bool allow_stress = false;
    wire::Limits limits;
    std::size_t max_batch = 16;  // The most tails of one kind in one batch; 1: each runs alone.
    Duration max_batch_wait = std::chrono::milliseconds(2);
    Duration drain = std::chrono::seconds(20);
    bool access_log = false;  // A line for every request for a tail.
  } cloud;

  struct Tls {
    std::string ca;  // Files; all three or none.
    std::string cert;
    std::string key;
    std::string peer_name;  // The name that the cloud's certificate must have; empty: the host of edge.peer.
    bool insecure = false;  // Plain TCP even if the link leaves this machine.
  } tls;

  struct Http {
    std::optional<wire::Endpoint> listen;  // Absent: 127.0.0.1:8080 for --serve, none for --cloud.
    Bytes max_body = 64_MiB;
    int workers = 8;
    int queue = 64;
    Duration queue_time = std::chrono::seconds(30);
    bool access_log = false;  // A line for every answer.
    std::string tls_cert;     // Files; both or none: plain TCP.
    std::string tls_key;
    std::string token_file;  // Holds the token that clients must send; empty: they need none.
  } http;

  struct Profile {
    std::string grid = "quick";
    journal::Method method = journal::Method::exhaustive;
    std::string samples = "samples.jsonl";
    std::uint32_t repetitions = 5;   // With an interval or a budget: at most so many.
    std::optional<double> interval;  // Measure until the relative half width of a mean's 95 % interval is this small.
    std::optional<Duration> budget;
    std::optional<Shard> shard;  // Absent: the whole campaign.
    ProgressForm progress = ProgressForm::line;
    std::optional<wire::Endpoint> http;  // Where the progress is shown; absent: nowhere.
    std::uint32_t compared = 16;         // Inputs for comparing answers with fp32.
    std::uint64_t seed = 1;
    std::string cuts = "useful";           // "useful", "all", or indices as in 0,3,7.
    std::vector<plan::Codec> codecs;       // Empty: as campaign.cpp chooses.
    std::optional<std::string> inputs;     // A folder of images; absent: random inputs.
    std::optional<std::string> sequence;   // A folder of frames; absent: no bytes in a stream are measured.
    std::optional<std::string> interface;  // Absent: the uplink is limited inside this process.
  } profile;

  // The most bytes that are held for clients and peers; absent: the bounds of Budget::usual().
  struct Held {
    std::optional<Bytes> all;
    std::optional<Bytes> per_peer;
  } held;

  std::string log_level = "info";
  LogForm log_form = LogForm::text;

  // The texts that were set, by their keys: "edge.peer", "models.alexnet". A reload compares them to find changes.
  std::map<std::string, std::string> given;
};

}  // namespace tideline::config
