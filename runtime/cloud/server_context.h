// ServerContext: the state shared by all connections of a CloudServer. Outlives them.
#pragma once

#include "runtime/base/line_limit.h"
#include "runtime/base/refusals.h"
#include "runtime/base/worker_pool.h"
#include "runtime/cloud/cloud_server.h"
#include "runtime/cloud/edge_account.h"
#include "runtime/cloud/stream_references.h"
#include "runtime/cloud/tail_scheduler.h"
#include "runtime/cloud/tails.h"
#include "runtime/cloud/unidentified_peers.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tideline::cloud {

// Counters for CloudServer::counters(). Thread-safe.
struct ServerCounters {
  std::atomic<std::uint64_t> served{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> violations{0};
  std::atomic<std::uint64_t> received{0};
};

struct ServerContext {
  // `own_budget` serves if the options name none.
  ServerContext(CloudServer::Options its_options, std::vector<CloudServer::Named> models, Log its_log,
                Budget& own_budget);

  // Returns the peer's account, the same for all its connections.
  std::shared_ptr<EdgeAccount> account(const std::string& name, const asio::any_io_executor& executor);

  const CloudServer::Options options;
  Budget& budget;
  const Tails tails;
  const Log log;

  // Belong to the I/O thread.
  UnidentifiedPeers strangers;
  std::uint32_t known = 0;  // Connections that have sent their greeting.
  std::map<std::string, std::weak_ptr<EdgeAccount>> accounts;
  const void* loading = nullptr;  // The connection that loads this machine: its LoadRequests.
  StreamReferences references{options.limits, budget};

  ServerCounters counters;
  TailScheduler compute;
  WorkerPool errands;  // For blocking work: loading the machine.
  Refusals refusals{log};
  LineLimit lines{log};  // About edges that connect and disconnect.

  static constexpr std::size_t kQueuedErrands = 16;
};

}  // namespace tideline::cloud
