// CloudServer: runs tails (the cloud's parts of networks) for any number of edges.
//
// One thread does all I/O asynchronously, so an idle edge costs a socket and a few kilobytes. Tails run on compute
// threads that live as long as the server. There is no current plan: each request brings its own.
// If a peer is rejected or violates the protocol, the server counts, logs and reports it to the peer, and hangs up.
// Other peers are not affected. Thread-safe.
//
//   CloudServer::Options options;
//   options.listen = {"127.0.0.1", 7070};
//   auto cloud = CloudServer::start(options, {{"alexnet", model}}, log);
//   if (!cloud) return cloud.error();
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/cloud/batch_options.h"
#include "runtime/cloud/tail_access.h"
#include "runtime/codec/image_codec.h"
#include "runtime/model/api/model.h"
#include "runtime/wire/endpoint.h"
#include "runtime/wire/limits.h"
#include "runtime/wire/tail_call.h"
#include "runtime/wire/tls_identity.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace tideline::cloud {

// Stressor: loads this machine at a profiler's request.
class Stressor {
 public:
  virtual ~Stressor() = default;
  // Returns the load that was reached. Zero shares remove the load.
  virtual Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked) = 0;
};

class CloudServer {
 public:
  struct Options {
    wire::Endpoint listen;
    wire::Limits limits;
    Budget* budget = nullptr;  // Of the bytes held for edges; null: an own one. Must outlive the server.
    wire::TlsIdentity tls;     // Of new connections; none: plain TCP.
    BatchOptions tails;
    std::map<std::string, std::string> machine;  // Fingerprint for the edges.
    Precision precision = Precision::fp32;       // Of all tails; reported to the edges.
    // Hears of each request for a tail that is answered or refused, on the I/O thread; empty: nobody does.
    std::function<void(const TailAccess&)> access = {};
    Stressor* stressor = nullptr;  // Null: refuses requests for load. Must outlive the server.
  };
  struct Named {
    std::string name;
    std::shared_ptr<const model::Model> model;
    std::shared_ptr<const codec::ImageInput> image;  // Null: the model takes no images.
  };
  struct Counters {
    std::uint64_t connections = 0;              // Open now.
    std::uint64_t waiting = 0;                  // Tails in the queue now.
    std::uint64_t served = 0;                   // This and all below: since the start.
    std::uint64_t refused = 0;                  // Requests answered with an error.
    std::map<std::size_t, std::uint64_t> runs;  // Runs of tails, by their number of requests.
    std::uint64_t violations = 0;               // Connections closed because of what they sent.
    Bytes received;
    std::map<std::string, std::uint64_t> refusals;  // Connections and requests, by reason: runtime/cloud/README.md.
    // What is kept of streams for later differences, now: the streams, their frames, and their size.
    std::uint64_t streams = 0;
    std::uint64_t stream_references = 0;
    Bytes stream_reference_bytes{};
  };

  // Binds and serves. Returns invalid, with reason and remedy, if the address cannot be bound.
  static Result<std::unique_ptr<CloudServer>> start(Options options, std::vector<Named> models, Log log);
  ~CloudServer();

  std::uint16_t port() const;
  Counters counters() const;

  // Says goodbye to every edge, finishes the accepted requests, and hangs up, all before `deadline`.
  void drain(TimePoint deadline);

 private:
  class Server;
  explicit CloudServer(std::shared_ptr<Server> server);
  const std::shared_ptr<Server> server_;
};

}  // namespace tideline::cloud
