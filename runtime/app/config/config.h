// Config: everything that can be set, with its default in place. Plain values; read by settings.h, used by the modes.
#pragma once

#include "policy/decide/policies.h"
#include "policy/plan/plan.h"
#include "profiler/journal/sample.h"
#include "runtime/base/device.h"
#include "runtime/base/precision.h"
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

namespace tideline {

enum class ProgressForm { line, json };

// One of several parts of a campaign.
struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
};

struct Config {
  // By model name; the empty name stands for the only model there is.
  std::map<std::string, std::string> models;
  std::map<std::string, std::string> tables;
  std::map<std::string, std::vector<TensorSpec>> inputs;

  struct Compute {
    int threads = 0;              // Of one run; 0: as many cores as this process may use.
    int slots = 1;                // Runs at once.
    std::int64_t max_batch = 64;  // Most of a batch that varies: of a model whose input's first size is *.
    Precision precision = Precision::fp32;
    Device device;
  } compute;

  struct Edge {
    std::vector<Endpoint> peers;              // Clouds that are equals.
    std::optional<Duration> reconnect_after;  // Absent: connections are kept for as long as they hold.
    std::optional<PolicyKind> policy;         // Absent: adaptive where there is a table, static where not.
    std::optional<std::uint32_t> cut;         // Of the static policy; absent: edge-only.
    Codec codec = Codec::fp32;                // Of the static policy.
    double hysteresis = 0.03;
    Duration patience = std::chrono::seconds(1);
    Duration connect_timeout = std::chrono::seconds(5);  // Of each step of connecting.
    Duration tick = std::chrono::milliseconds(100);
    std::optional<BitsPerSecond> uplink_limit;
    std::optional<double> min_top1;  // What plans must have been measured to keep; absent: nothing.
    std::optional<double> max_error;
    std::optional<std::uint32_t> first_cut;  // The first whose tensors may leave the edge; absent: the input may.
    std::optional<Bytes> max_sent;           // By one request; absent: as much as it takes.
    std::optional<Bytes> max_sent_per_day;   // By all models in 24 hours, probes included; absent likewise.
    Duration swap_cost{};                    // What moving the cut costs; the adaptive policy's.
    std::optional<std::string> decisions;    // The file that decisions are logged to.
    Bytes decisions_size = 16_MiB;           // At which it is rotated.
    std::optional<Duration> deadline;        // Wished for the p95; absent: none.
    std::optional<Bytes> memory;  // Of each network, as Cut::head_memory counts it; absent: all that it needs.
  } edge;

  // What counts beside latency, each in the latency that it is worth; the adaptive policy's.
  struct Objective {
    Duration joule{};         // Of the edge's energy.
    Duration cloud_second{};  // Of the cloud's time.
    Duration sent_mib{};
    double computing_watts = 0, sending_watts = 0, waiting_watts = 0;  // Of the edge.
  } objective;

  struct Cloud {
    Endpoint listen{"127.0.0.1", 7070};
    bool allow_stress = false;
    Limits limits;
    std::size_t max_batch = 16;  // Tails of one kind that run as one; 1: each runs alone.
    Duration max_batch_wait = std::chrono::milliseconds(2);
    Duration drain = std::chrono::seconds(20);
  } cloud;

  struct Tls {
    std::string ca;  // Files; all three or none.
    std::string cert;
    std::string key;
    std::string peer_name;  // What the cloud's certificate has to name; empty: the host of edge.peer.
    bool insecure = false;  // Plain TCP wherever the link goes.
  } tls;

  struct Http {
    std::optional<Endpoint> listen;  // Absent: 127.0.0.1:8080 for --serve, none for --cloud.
    Bytes max_body = 64_MiB;
    int workers = 8;
    int queue = 64;
  } http;

  struct Profile {
    std::string grid = "quick";
    Method method = Method::exhaustive;
    std::string samples = "samples.jsonl";
    std::uint32_t repetitions = 5;   // At most, where there is an interval or a budget.
    std::optional<double> interval;  // Relative half width of a mean's 95 % interval that is enough.
    std::optional<Duration> budget;
    std::optional<Shard> shard;  // Absent: the whole campaign.
    ProgressForm progress = ProgressForm::line;
    std::uint32_t compared = 16;  // Inputs.
    std::uint64_t seed = 1;
    std::string cuts = "useful";           // "useful", "all", or indices as in 0,3,7.
    std::vector<Codec> codecs;             // None: fp32, and all others where edge.min_top1 or max_error is set.
    std::optional<std::string> interface;  // Absent: the uplink is limited inside this process.
  } profile;

  // Of the bytes that are held for clients and peers; absent: as Budget::usual() has it.
  struct Held {
    std::optional<Bytes> all;
    std::optional<Bytes> per_peer;
  } held;

  std::string log_level = "info";

  // The texts that were set, by their keys: "edge.peer", "models.alexnet". What a reload changed is told by them.
  std::map<std::string, std::string> given;
};

}  // namespace tideline
