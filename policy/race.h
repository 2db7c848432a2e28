// When a request stops waiting for the cloud alone, and how often that may be.
//
// The tail begins here once the answer is late, and who is first wins. If it begins no later than after the time that
// it takes itself, then no network, however bad, makes the request take more than twice the better of both: the bound
// of the ski-rental problem (Karlin, Manasse, Rudolph and Sleator, "Competitive Snoopy Caching", 1988).
#pragma once

#include "runtime/base/time.h"

namespace tideline {

// Returns how long after sending an answer is late that was expected after `remote`, where the tail takes `local` on
// this machine: once lateness is evident, and never after more than `local`; but not before a quarter of what was
// expected and 10 ms, or a fast edge would race always. A pure function.
Duration late_after(Duration remote, Duration local);

// Returns true iff a request whose tensors are ready to be sent had better run its tail here: what was expected when
// its head began may be out of date by now. By a margin, as plans are not changed for less. A pure function.
bool better_here(Duration remote, Duration local);

// How many races may begin: every request earns a share of one, so that extra work is bounded. A value.
class RaceBudget {
 public:
  explicit RaceBudget(double share = 0.1, double most = 10) : share_(share), most_(most), races_(most) {}

  void earn();  // For every request that might race.
  bool take();  // Returns false, and takes nothing, when there is none.

 private:
  double share_;
  double most_;
  double races_;
};

}  // namespace tideline
