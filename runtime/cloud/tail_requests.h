// TailRequests: one connection's requests for tails, each from its frame to the answer or the refusal.
//
// Admits a request by the limits of its connection and peer, reads its tensors, gives it to the TailScheduler, and puts
// the answer into the connection's queue of frames. Belongs to the I/O thread. Its jobs keep it alive.
#pragma once

#include "runtime/cloud/edge_channel.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline::cloud {

class TailRequests : public std::enable_shared_from_this<TailRequests> {
 public:
  explicit TailRequests(std::shared_ptr<EdgeChannel> channel)
      : channel_(std::move(channel)), context_(channel_->context) {}

  // Takes a frame 'run' with its payload. An error means that the edge violated the protocol (corrupt) or is gone
  // (unavailable). REQUIRES: the channel has an account.
  wire::Task<Result<void>> take(const wire::ReceivedFrame& frame);

  bool none_in_flight() const { return in_flight_->requests == 0; }

 private:
  using Token = std::shared_ptr<InFlightToken>;
  struct Admitted {
    Token token;
    std::shared_ptr<const KeptFrame> before;  // What its tensors may be differences to.
  };
  // A request, as long as its answer is not queued.
  struct Request {
    std::uint64_t id = 0;
    TimePoint began;  // The first byte of its frame.
    wire::RunMessage asked;
    wire::Arrival arrival = {};  // Of its payload.
  };
  Result<Admitted> admit(const wire::RunMessage& asked) const;
  StreamReferences::From from() const { return {channel_.get(), channel_->account->name}; }
  void enqueue(std::shared_ptr<const Request> request, RequestedTail requested, Token token);
  void conclude(const Request& request, const TailJob::Told& told, Token token);
  void keep(const wire::RunMessage& asked, TensorCodes codes) const;
  void answer(const Request& request, const wire::Stamps& stamps, std::vector<Tensor> outputs, Token token);
  void refuse(const Request& request, Error why, Duration queued = {});
  // Tells the access log.
  void tell(const Request& request, std::string_view result, std::uint64_t sent, Duration queued) const;

  const std::shared_ptr<EdgeChannel> channel_;
  ServerContext& context_;
  const std::shared_ptr<InFlight> in_flight_ = std::make_shared<InFlight>();
};

}  // namespace tideline::cloud
