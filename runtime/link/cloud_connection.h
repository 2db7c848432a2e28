// CloudConnection: one connection of an edge to its cloud, from the greeting to the end.
//
// Whatever ends it, every unanswered exchange gets `unavailable` at once. Belongs to the I/O thread.
#pragma once

#include "runtime/link/cloud_liveness.h"
#include "runtime/link/connection_setting.h"
#include "runtime/link/exchange.h"
#include "runtime/link/frame_channel.h"
#include "runtime/link/frame_dispatch.h"
#include "runtime/link/outstanding_requests.h"
#include "runtime/link/pings.h"
#include "runtime/link/uplink_reporter.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tideline::link {

class CloudConnection {
 public:
  CloudConnection(wire::Stream& stream, ConnectionSetting setting);
  ~CloudConnection();

  wire::Task<Result<wire::Welcome>> greet(std::string edge);

  // Sends and receives until the connection ends. Returns the reason: corrupt if the peer violated the protocol.
  // REQUIRES: greet() succeeded.
  wire::Task<Error> talk();

  // Fails a difference to a frame of another connection.
  void submit(const std::shared_ptr<Exchange>& exchange);
  void abandon(std::uint64_t id) { requests_.abandon(id); }
  void probe(Bytes payload);
  void limit(std::optional<BitsPerSecond> rate) { channel_.limit(rate); }
  void delay(Duration added) { channel_.delay(added); }
  const std::shared_ptr<wire::ConnectionMark>& mark() const { return setting_.mark; }  // Closed when it ends.

 private:
  // The parts of talk(), which run concurrently until one of them ends.
  wire::Task<> listen();
  wire::Task<> write();
  wire::Task<> watch();
  wire::Task<> follow();

  void keep_alive();
  std::optional<Error> look_after_cloud(TimePoint now);  // Returns why the connection must end.
  void proceed_without_cloud(TimePoint now);
  bool can_be_read(const Exchange& exchange) const;
  void end(Error why);

  // Constant after construction.
  wire::Stream& stream_;
  const ConnectionSetting setting_;

  FrameChannel channel_;
  OutstandingRequests requests_;
  Pings pings_;
  CloudLiveness liveness_;
  UplinkReporter uplink_;
  FrameDispatch dispatch_;
  std::optional<Error> why_;  // Why the connection ended; nothing while it lasts.
};

}  // namespace tideline::link
