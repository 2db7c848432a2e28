// SimulatedLink: the samples that a link would report about uploads through the World, and their times.
//
// An upload is reported by the cloud's stamps when the answer arrives, and by looks at it while it lasts. A stall is
// reported after a quarter of a second, round trip and window once a second. A value: uploads go in, LinkSamples come
// out in the order of their times. Belongs to one thread.
#pragma once

#include "policy/plan/link_sample.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <optional>
#include <queue>
#include <vector>

namespace tideline::replay {

// Returns the moment `at` seconds after the start of the traces.
TimePoint moment(Seconds at);

class SimulatedLink {
 public:
  // REQUIRES: `world` outlives this.
  explicit SimulatedLink(const World& world) : world_(world) {}

  // The upload of a request with this timeline begins; its answer arrives when `course` says.
  void begin_upload(const RequestTimeline& course);
  void answer(const RequestTimeline& course);
  // Sends a probe of `bytes` at `at`. Returns false, and sends nothing, while another probe is in progress.
  bool probe(double bytes, Seconds at);

  // Returns the earliest new sample up to `until`; nothing if there is none.
  std::optional<plan::LinkSample> next(TimePoint until);

 private:
  struct Event {
    Seconds at = 0;
    enum class Kind { look, acknowledged, answer } kind = Kind::look;
    Seconds from = 0;                                                   // Start of the upload, or of its counted part.
    Seconds until = 0;                                                  // When its last byte arrived.
    double counted = 0;                                                 // Bytes that count for the rate.
    bool operator<(const Event& other) const { return at > other.at; }  // The earliest is on top.
  };

  void watch(Seconds from, Seconds until);
  plan::LinkSample look(const Event& event);
  plan::LinkSample stamps(const Event& event) const;

  const World& world_;
  std::priority_queue<Event> events_;
  Seconds keepalive_ = 0;  // When the next keep-alive is due.
  Seconds probing_until_ = 0;
  Seconds uploading_until_ = 0;  // Some bytes are unacknowledged until then.
};

}  // namespace tideline::replay
