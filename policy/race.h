// Race: when the edge begins the tail itself, beside a request that the cloud has not answered yet.
//
// After the head the edge still holds the cut's tensors. What the cloud will take, X, is unknown; the tail here takes
// L. Beginning it w after sending, the request ends at min(X, w + L), so that with w <= L it never takes more than
// twice the better of the two, whatever the network does: the ski-rental argument (Karlin, Manasse, Rudolph, Sleator,
// "Competitive snoopy caching", 1988); in practice it is the hedged request of Dean and Barroso, "The tail at scale",
// 2013. Values and pure functions.
#pragma once

#include "runtime/base/time.h"

namespace tideline {

// What is thought when the request is sent.
struct RaceTimes {
  Duration remote{};      // P: from sending to the answer, as predicted.
  Duration local_tail{};  // L: the tail here, under the load of now.
};

// Returns how long after sending the tail begins here: when the answer is evidently late (max(1.3 P, P + 20 ms)) but no
// later than L; and never so soon (0.25 P + 10 ms) that noise alone begins one. So a request takes at most
// 2 min(X, L) + max(0, 0.25 P + 10 ms - L). Negative times count as zero.
Duration race_after(const RaceTimes& times);

// RaceBudget: how many requests may be raced, as a share of all, so that a prediction that is wrong for good does not
// double the work of the edge. A token bucket whose time is the count of requests. A value; belongs to one thread.
class RaceBudget {
 public:
  struct Limits {
    double share = 0.1;  // Races that one request earns; 0 to 1.
    double burst = 20;   // Races that may be saved up; at least 1.
  };

  RaceBudget() = default;
  explicit RaceBudget(Limits limits) : limits_(limits), left_(limits.burst) {}

  // A request was sent.
  void earn();

  // Takes one race. Returns false, and takes nothing, iff there is not a whole one left. Where the link is known to be
  // dark there is nothing to ask: the tail begins here at once, and costs no token.
  bool spend();

  double left() const { return left_; }

 private:
  Limits limits_;
  double left_ = Limits{}.burst;
};

}  // namespace tideline
