// SimulatedLink: what a link would report of uploads through the World, and when.
//
// An upload is reported by the cloud's stamps once the answer is here, and by looks at it while it lasts; a stall after
// a quarter of a second; round trip and window once a second. A value: uploads go in, LinkSamples come out in the order
// of their times. Belongs to one thread.
#pragma once

#include "policy/plan/link_sample.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <optional>
#include <queue>
#include <vector>

namespace tideline::replay {

// The moment that lies `at` seconds after the start of the traces.
TimePoint moment(Seconds at);

class SimulatedLink {
 public:
  // REQUIRES: `world` outlives this.
  explicit SimulatedLink(const World& world) : world_(world) {}

  // A request is sent, and fares like this.
  void send(const RequestTimeline& course);
  // Sends so many bytes at `at`, to be stamped and dropped. Returns false, and sends none, while a probe is under way.
  bool probe(double bytes, Seconds at);

  // Returns the earliest sample up to `until` that was not returned yet; nothing when there is none.
  std::optional<LinkSample> next(TimePoint until);

 private:
  struct Event {
    Seconds at = 0;
    enum class Kind { look, acknowledged, answer } kind = Kind::look;
    Seconds from = 0;    // Of the upload: when it began, or what counts of it did.
    Seconds until = 0;   // When its last byte arrived.
    double counted = 0;  // Bytes by which the rate is told.
    bool operator<(const Event& other) const { return at > other.at; }  // The earliest is on top.
  };

  void watch(Seconds from, Seconds until);
  LinkSample look(const Event& event);
  LinkSample stamps(const Event& event) const;

  const World& world_;
  std::priority_queue<Event> events_;
  Seconds keepalive_ = 0;  // When the next one is due.
  Seconds probing_until_ = 0;
  Seconds uploading_until_ = 0;  // Something is not acknowledged before.
};

}  // namespace tideline::replay
