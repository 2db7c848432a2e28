// EdgeConnection: the cloud's side of one connection with an edge, from the greeting to the end.
//
// Belongs to the I/O thread. The jobs that it gives to the compute threads keep it alive.
#pragma once

#include "runtime/base/line_limit.h"
#include "runtime/base/worker_pool.h"
#include "runtime/cloud/edge_account.h"
#include "runtime/cloud/refusals.h"
#include "runtime/cloud/tail_scheduler.h"
#include "runtime/cloud/tails.h"
#include "runtime/cloud/unidentified_peers.h"
#include "runtime/wire/frame_reader.h"
#include "runtime/wire/outbox.h"
#include "runtime/wire/tls_renewal.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tideline::cloud {

// Counters for CloudServer::counters(). Thread-safe.
struct ServerCounters {
  std::atomic<std::uint64_t> served{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> violations{0};
  std::atomic<std::uint64_t> received{0};
};

// ServerContext: the state shared by all connections of a server. Outlives them.
struct ServerContext {
  ServerContext(CloudServer::Options its_options, std::vector<CloudServer::Named> models, Log its_log, Budget& own)
      : options(std::move(its_options)),
        budget(options.budget ? *options.budget : own),
        tails(std::move(models)),
        log(std::move(its_log)),
        strangers(options.limits.strangers, options.limits.peer_strangers),
        compute(options.tails, tails, log),
        errands(1, kQueuedErrands) {}

  // Returns the peer's account, the same for all its connections.
  std::shared_ptr<EdgeAccount> guest(const std::string& name, const asio::any_io_executor& executor);

  const CloudServer::Options options;
  Budget& budget;
  const Tails tails;
  const Log log;

  // Belong to the I/O thread.
  UnidentifiedPeers strangers;
  std::uint32_t known = 0;  // Connections that have sent their greeting.
  std::map<std::string, std::weak_ptr<EdgeAccount>> guests;
  const void* loading = nullptr;  // The connection that loads this machine.
  wire::TlsRenewal tls{options.tls};

  ServerCounters tally;
  TailScheduler compute;
  WorkerPool errands;  // For blocking work: loading the machine.
  Refusals refusals{log};
  LineLimit lines{log};  // About edges that connect and disconnect.

  static constexpr std::size_t kQueuedErrands = 16;
};

class EdgeConnection : public std::enable_shared_from_this<EdgeConnection> {
 public:
  EdgeConnection(wire::Socket socket, ServerContext& house);

  const std::string& address() const { return address_; }  // From identity_of().

  // Returns true iff no byte of it has been read.
  bool is_silent() const { return !greeted_ && !reader_.frame_since() && !stream_.has_heard_tls(); }

  // Serves the edge until it disconnects, violates the protocol, or close() is called.
  wire::Task<> serve();

  // Sends a refusal and hangs up.
  wire::Task<> turn_away(Error why);

  void say_goodbye(const std::string& reason);
  void close();

 private:
  // Sets up TLS. Returns true iff the edge is accepted.
  wire::Task<bool> secure();
  wire::Task<> keep_out(const asio::error_code& problem);

  // The parts of serve(), which run concurrently until one of them ends.
  wire::Task<> listen();
  wire::Task<> write();
  wire::Task<> watch();

  // An error means that the edge violated the protocol (corrupt) or is gone (unavailable).
  wire::Task<Result<void>> greet();
  Result<void> let_in();  // Gives the edge its account; an error if there is no room.
  wire::Task<Result<void>> take(wire::ReceivedFrame frame);
  wire::Task<Result<void>> take_run(const wire::ReceivedFrame& frame);
  wire::Task<Result<void>> take_probe(const wire::ReceivedFrame& frame);
  Result<void> take_impose(const wire::ReceivedFrame& frame);
  wire::Task<> tell(Error why);  // Sends the reason for hanging up, if the edge still reads.
  wire::Task<> part(Error why);  // The same; then reads until the edge has hung up too.
  wire::Task<> hear_out();
  bool is_idle(TimePoint now) const;
  void leave();

  using Token = std::shared_ptr<InFlightToken>;
  Result<Token> admit(const wire::RunMessage& asked) const;
  void enqueue(std::uint64_t id, RequestedTail requested, const wire::Arrival& arrival, TimePoint deadline,
               Token token);
  void conclude(std::uint64_t id, const wire::Arrival& arrival, const TailJob::Told& told, Token token);
  void answer(std::uint64_t id, TimePoint last_byte, const wire::Stamps& stamps, std::vector<Tensor> outputs,
              Token token);
  void refuse(std::uint64_t id, Error why);
  void blame(const std::string& what);

  ServerContext& house_;
  const std::string edge_;  // Its address and port.
  const std::string address_;

  wire::Stream stream_;
  wire::FrameReader reader_;
  wire::Outbox outbox_;
  TimePoint began_;
  bool greeted_ = false;
  bool loading_ = false;                // Its last request for load is unanswered.
  std::shared_ptr<EdgeAccount> guest_;  // Null until the greeting.
  const std::shared_ptr<InFlight> in_flight_ = std::make_shared<InFlight>();
  std::atomic<bool> gone_{false};  // No answer will be read any more. Thread-safe.
};

}  // namespace tideline::cloud
