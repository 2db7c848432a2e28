// EdgeConnection: the cloud's side of one connection with an edge, from the greeting to the end.
//
// It sets up TLS, lets the edge in, and hangs up on an edge that violates the protocol. TailRequests and LoadRequests
// serve the edge's requests. Belongs to the I/O thread.
#pragma once

#include "runtime/cloud/edge_channel.h"
#include "runtime/cloud/load_requests.h"
#include "runtime/cloud/tail_requests.h"

#include <memory>
#include <string>

namespace tideline::cloud {

class EdgeConnection {
 public:
  EdgeConnection(wire::Socket socket, ServerContext& context);

  const std::string& address() const { return channel_->address; }  // From identity_of().

  // Returns true iff no byte of it has been read.
  bool is_silent() const { return !greeted_ && !channel_->reader.frame_since() && !channel_->stream.has_heard_tls(); }

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
  wire::Task<Result<void>> take_probe(const wire::ReceivedFrame& frame);
  wire::Task<> tell(Error why);  // Sends the reason for hanging up, if the edge still reads.
  wire::Task<> part(Error why);  // The same; then reads until the edge has hung up too.
  wire::Task<> hear_out();
  bool is_idle(TimePoint now) const;
  void leave();
  void blame(const std::string& what);

  const std::shared_ptr<EdgeChannel> channel_;
  const std::shared_ptr<TailRequests> tails_;
  const std::shared_ptr<LoadRequests> load_;
  ServerContext& context_;
  TimePoint began_;
  bool greeted_ = false;
};

}  // namespace tideline::cloud
