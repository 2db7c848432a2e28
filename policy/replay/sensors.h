// Sensors: what an agent knows of edge, link and cloud, from what its requests and probes tell, when they tell it.
//
// The same filters as the agent's own, fed by the World: a head when it is done, an upload by its stamps when the
// answer is there, an upload that lasts by looks at it, a link that stands still after a quarter of a second. Times are
// seconds from the start of the trace. Belongs to one thread.
#pragma once

#include "policy/estimators.h"
#include "policy/policy.h"
#include "policy/replay/world.h"
#include "policy/slowdown.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <vector>

namespace tideline::replay {

TimePoint moment(Seconds at);

class Sensors {
 public:
  // REQUIRES: `world` outlives this.
  explicit Sensors(const World& world);

  // A request of that plan began at `at`, and sends what crosses; what it tells, it tells when it happens.
  void compute(std::size_t plan, Seconds at, const Course& course);
  void send(std::size_t plan, const Course& course);
  // So many bytes are sent at `at`, to be stamped and dropped.
  void probe(double bytes, Seconds at);
  // A head was timed that no request ran.
  void rehearse(std::size_t plan, Seconds at);

  // Takes in what happened up to `now`, and returns what is known then. REQUIRES: `now` does not go back.
  void advance(Seconds now);
  Observation read(Seconds now) const;

  std::optional<Seconds> last_uplink() const { return last_uplink_; }
  std::optional<Seconds> last_head() const { return last_head_; }
  bool uploading(Seconds now) const;  // Enough to tell something.
  bool computing(Seconds now) const { return now < head_until_; }
  bool probing(Seconds now) const { return now < probing_until_; }

 private:
  enum class Kind { head, look, answer };
  struct Event {
    Seconds at = 0;
    Kind kind = Kind::head;
    std::size_t plan = 0;
    Seconds took = 0;   // Of the head, or the tail; negative: there was none.
    Seconds from = 0;   // Of the upload: when it began, or what counts of it did.
    Seconds until = 0;  // When its last byte arrived.
    double counted = 0;
    bool operator<(const Event& other) const { return at > other.at; }  // The earliest is on top.
  };

  void take(const Event& event);
  void look(const Event& event);
  void stamps(const Event& event);
  void upload(std::size_t plan, Seconds from, Seconds until);
  void stall(Seconds at, Seconds length);

  const World& world_;
  std::priority_queue<Event> events_;
  LogKalman uplink_;
  HeadSlowdown edge_;
  LogKalman cloud_;
  std::optional<std::pair<Seconds, Seconds>> stall_;  // When, and how long by then.
  std::optional<Seconds> last_uplink_, last_head_;
  std::deque<std::pair<Seconds, Seconds>> uploads_;  // Of the last requests: from, until.
  Seconds probing_until_ = 0;
  Seconds head_from_ = 0, head_until_ = 0;  // Of the last request.
  std::size_t head_plan_ = 0;
};

}  // namespace tideline::replay
