// OutstandingRequests: the requests of one connection that the cloud has not answered.
//
// Belongs to the I/O thread.
#pragma once

#include "runtime/link/exchange.h"
#include "runtime/link/frame_channel.h"

#include <cstdint>
#include <map>
#include <memory>

namespace tideline::link {

class OutstandingRequests {
 public:
  explicit OutstandingRequests(FrameChannel& channel) : channel_(channel) {}

  void submit(const std::shared_ptr<Exchange>& exchange);
  void abandon(std::uint64_t id);  // Does nothing if it is no longer outstanding.

  // Returns the exchange; corrupt if it is not outstanding.
  Result<std::shared_ptr<Exchange>> find(std::uint64_t id) const;
  // Removes the exchange and returns it; corrupt if a frame of type `answer` cannot answer it.
  Result<std::shared_ptr<Exchange>> settle(std::uint64_t id, wire::FrameType answer);

  // Fail the waiting callers of some requests. The cloud may still answer those that were sent.
  void fail_queued(const Error& why);            // Withdraws them.
  void fail_sent_tails(const Error& why) const;  // Keeps them as abandoned.
  void fail_all(const Error& why) const;

  bool empty() const { return exchanges_.empty(); }
  std::uint64_t settled() const { return settled_; }  // How many have been settled.
  bool has_overdue_tail(TimePoint now) const;         // One that was sent and has missed its deadline.
  const wire::TailRequest* first_tail() const;        // Null if there is none.

 private:
  void submit_tail(const std::shared_ptr<Exchange>& exchange, wire::TailRequest& request);
  std::optional<wire::FrameMeta> meta_of(std::uint64_t id, wire::RunMessage message, TimePoint deadline, TimePoint now);

  FrameChannel& channel_;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;
  std::uint64_t settled_ = 0;
};

}  // namespace tideline::link
