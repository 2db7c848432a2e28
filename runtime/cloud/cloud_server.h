// CloudServer: runs tails for any number of edges.
//
// I/O is asynchronous on one thread, so that idle edges cost a socket and a few kilobytes; tails run on compute threads
// that live as long as the server. There is no current plan: each request brings its own.
// A peer that is not let in, or breaks the protocol, is told so, counted, logged and hung up on; the others notice
// nothing. Thread-safe.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/cloud/batch_options.h"
#include "runtime/model/api/model.h"
#include "runtime/wire/endpoint.h"
#include "runtime/wire/limits.h"
#include "runtime/wire/tail_call.h"
#include "runtime/wire/tls.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace tideline {

// Loads this machine when a profiler asks for it.
class Stressor {
 public:
  virtual ~Stressor() = default;
  // Returns the load that was reached. Zero shares take every load away.
  virtual Result<LoadAnswer> impose(const CloudLoad& asked) = 0;
};

class CloudServer {
 public:
  struct Options {
    Endpoint listen;
    Limits limits;
    Budget* budget = nullptr;               // Of what is held for edges; null: one of its own. Must outlive the server.
    std::shared_ptr<const TlsContext> tls;  // Null: plain TCP.
    BatchOptions tails;
    std::map<std::string, std::string> machine;  // Fingerprint that edges are told.
    Precision precision = Precision::fp32;       // In which all models here are run; edges are told.
    Stressor* stressor = nullptr;  // Null: requests to load this machine are refused. Must outlive the server.
  };
  struct Named {
    std::string name;
    std::shared_ptr<const Model> model;
  };
  struct Counters {
    std::uint64_t connections = 0;              // Open now.
    std::uint64_t waiting = 0;                  // Tails in the queue now.
    std::uint64_t served = 0;                   // Since the start, as all below.
    std::uint64_t refused = 0;                  // Requests answered with an error.
    std::map<std::size_t, std::uint64_t> runs;  // Runs of tails, by the number of requests that each was of.
    std::uint64_t violations = 0;               // Connections hung up on because of what they sent.
    Bytes received;
    std::map<std::string, std::uint64_t> refusals;  // Connections and requests, by reason: runtime/cloud/README.md.
  };

  // Binds and serves. Returns invalid when the address cannot be bound, saying why and what to do.
  static Result<std::unique_ptr<CloudServer>> start(Options options, std::vector<Named> models, Log log);
  ~CloudServer();

  std::uint16_t port() const;
  Counters counters() const;

  // Tells every edge that this server goes, finishes what was accepted, and hangs up, all before `deadline`.
  void drain(TimePoint deadline);

 private:
  class Server;
  explicit CloudServer(std::shared_ptr<Server> server);
  const std::shared_ptr<Server> server_;
};

}  // namespace tideline
