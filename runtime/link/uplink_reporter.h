// UplinkReporter: tells the link's listener what one connection shows about its uplink and about the cloud's tails.
//
// Belongs to the I/O thread.
#pragma once

#include "runtime/link/frame_channel.h"
#include "runtime/link/outstanding_requests.h"
#include "runtime/link/uplink_watch.h"

#include <cstdint>
#include <optional>

namespace tideline::link {

class UplinkReporter {
 public:
  // `listener` may be null. The round trip is reported at most once per `rtt_interval`.
  UplinkReporter(FrameChannel& channel, const OutstandingRequests& requests, LinkListener* listener,
                 Duration rtt_interval);

  // Waits until an upload runs or an answer is outstanding, so that an idle link costs nothing.
  wire::Task<> until_busy();
  // Reports the running upload and a held tail. To be called every UplinkWatch::kInterval while the link is busy.
  void look();

  // Report the stamps of an answer, or of an echo and its round trip; those of an answer after its deadline; and TCP's
  // own round trip, for times when a keepalive would wait behind this side's bytes.
  void tell_upload(const wire::Stamps& stamps, std::optional<Duration> rtt) const;
  void tell_late(const wire::TailRequest& request, const wire::Stamps& stamps) const;
  void tell_least_rtt();

 private:
  void tell_held(TimePoint now, bool uploaded);
  void tell(const plan::LinkSample& sample) const;

  FrameChannel& channel_;
  const OutstandingRequests& requests_;
  LinkListener* const listener_;
  const Duration rtt_interval_;
  UplinkWatch watch_;
  TimePoint timed_;                      // When the round trip was last reported.
  std::optional<TimePoint> held_since_;  // Since when the cloud holds complete requests without having answered.
  std::uint64_t settled_ = 0;            // The number of settled requests then.
};

}  // namespace tideline::link
