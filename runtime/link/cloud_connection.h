// CloudConnection: one connection of an edge to its cloud, from the greeting to the end.
//
// Whatever ends it, every unanswered exchange gets `unavailable` at once. Belongs to the I/O thread.
#pragma once

#include "runtime/link/exchange.h"
#include "runtime/link/tcp_link.h"
#include "runtime/link/uplink_watch.h"
#include "runtime/wire/frame_reader.h"
#include "runtime/wire/liveness.h"
#include "runtime/wire/outbox.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace tideline::link {

class CloudConnection {
 public:
  struct Setting {
    const TcpLink::Options& options;
    LinkListener* listener;                              // May be null.
    std::atomic<std::uint64_t>& next_id;                 // Shared by all requests of this link.
    std::function<void(std::string reason)> on_goodbye;  // The cloud takes no more requests.
    std::function<void(Duration time)> on_busy;          // The cloud is overloaded for that long.
    std::function<void(Duration so_far)> on_silence;     // The cloud does not respond: proceed without it.
    std::function<void()> on_speech;                     // It responds again.
  };

  CloudConnection(wire::Stream& stream, Setting setting);
  ~CloudConnection();

  wire::Task<Result<wire::Welcome>> greet(std::string edge);

  // Sends and receives until the connection ends. Returns the reason: corrupt if the peer violated the protocol.
  // REQUIRES: greet() succeeded.
  wire::Task<Error> talk();

  void submit(const std::shared_ptr<Exchange>& exchange);
  void abandon(std::uint64_t id);  // Does nothing if it is no longer unanswered.
  void probe(Bytes payload);
  void limit(std::optional<BitsPerSecond> rate) { outbox_.limit(rate); }
  void delay(Duration added) { outbox_.delay(added); }

 private:
  struct Ping {
    std::uint64_t id = 0;
    Bytes payload;
    std::optional<TimePoint> sent;  // Nothing while it is queued.
  };

  // The parts of talk(), which run concurrently until one of them ends.
  wire::Task<> listen();
  wire::Task<> write();
  wire::Task<> watch();
  wire::Task<> follow();

  // Handle a frame. An error means that the peer violated the protocol or that the connection is lost.
  wire::Task<Result<void>> take(const wire::ReceivedFrame& frame);
  wire::Task<Result<void>> take_answer(const wire::ReceivedFrame& frame);
  Result<void> take_refusal(const wire::ReceivedFrame& frame);
  Result<void> take_echo(const wire::ReceivedFrame& frame);
  Result<void> take_imposed(const wire::ReceivedFrame& frame);
  Result<void> take_goodbye(const wire::ReceivedFrame& frame);
  Result<std::shared_ptr<Exchange>> owed(std::uint64_t id) const;  // Corrupt if there is none.
  Result<std::shared_ptr<Exchange>> settle(std::uint64_t id, wire::FrameType answer);

  void submit_tail(const std::shared_ptr<Exchange>& exchange, wire::TailRequest& request);
  void submit_load(const std::shared_ptr<Exchange>& exchange, const wire::CloudLoad& load);
  void ping(std::optional<Ping>& slot, Bytes payload);
  void keep_alive();
  std::optional<Error> look_after_peer(TimePoint now);  // Returns why the connection must end.
  Error death(TimePoint now) const;
  bool is_silent(TimePoint now, bool uploading) const;
  bool someone_waited_in_vain(TimePoint now) const;
  void fall_silent(TimePoint now);
  void note_speech();
  std::uint64_t came() const { return received_ + stream_.held(); }
  void push(wire::OutgoingFrame frame);
  void tell(const plan::LinkSample& sample) const;
  void tell_upload(const wire::Stamps& stamps, std::optional<Duration> rtt) const;
  void tell_least_rtt();
  void tell_held(TimePoint now, bool uploaded);
  void tell_late(const wire::TailRequest& request, const wire::Stamps& stamps) const;
  void end(Error why);

  // Constant after construction.
  wire::Stream& stream_;
  const Setting setting_;

  std::atomic<std::uint64_t> received_{0};
  wire::FrameReader reader_;
  wire::Outbox outbox_;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> owed_;
  std::optional<Ping> keepalive_;
  std::optional<Ping> probe_;
  TimePoint kept_alive_;  // When the last keepalive was pushed.
  TimePoint timed_;       // When the round trip was last reported.
  UplinkWatch watch_;
  asio::steady_timer upload_;  // Never expires; cancelled when there is an upload to follow.
  bool following_ = false;
  std::optional<TimePoint> held_since_;  // Since when the cloud holds complete requests without having answered.
  TimePoint moved_;                      // When an upload last progressed, or when no answer was outstanding.
  Bytes acknowledged_;                   // Bytes acknowledged by then.
  wire::Liveness life_;
  bool silent_ = false;       // on_silence has reported that the cloud does not respond.
  bool leaving_ = false;      // The cloud said goodbye.
  std::optional<Error> why_;  // Why the connection ended; nothing while it lasts.
};

}  // namespace tideline::link
