// LoadRequests: one connection's requests to load this machine, which a profiler sends (Stressor).
//
// Only one connection may load the machine at a time, and its load ends with it. Belongs to the I/O thread. Its errands
// keep it alive.
#pragma once

#include "runtime/cloud/edge_channel.h"

#include <memory>
#include <utility>

namespace tideline::cloud {

class LoadRequests : public std::enable_shared_from_this<LoadRequests> {
 public:
  explicit LoadRequests(std::shared_ptr<EdgeChannel> channel)
      : channel_(std::move(channel)), context_(channel_->context) {}

  // Takes a frame 'impose'. An error means that the edge violated the protocol.
  Result<void> take(const wire::ReceivedFrame& frame);

  // Removes the load, if this connection imposed it. Call once, after the connection has ended.
  void leave();

 private:
  Result<void> may_load() const;

  const std::shared_ptr<EdgeChannel> channel_;
  ServerContext& context_;
  bool loading_ = false;  // The last request is unanswered.
};

}  // namespace tideline::cloud
