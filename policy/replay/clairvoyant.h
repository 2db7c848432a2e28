// Clairvoyant: a yardstick with queues that knows the true times of this request and of the next ones by each plan.
//
// It chooses as the Dispatcher does (dispatch/dispatcher.h), with the true times in place of predictions and with the
// next arrivals in place of the last ones: the plan with the smallest sum of latencies of the requests in progress, of
// this one and of the next kAhead. The next ones are all served by one plan, or in turn by those of the fluid limit's
// mix. It does not hedge. It is no bound: it looks ahead only so far, and only along these few futures. Belongs to one
// thread.
//
//   ClairvoyantContender clairvoyant(world, arrivals);
//   for (std::size_t i = 0; i < arrivals.size(); ++i) clairvoyant.serve(i);
//   clairvoyant.finish();
//   use(clairvoyant.took());  // Seconds, by request.
#pragma once

#include "policy/dispatch/dispatcher.h"
#include "policy/dispatch/flow_line.h"
#include "policy/dispatch/offer.h"
#include "policy/replay/machines.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <vector>

namespace tideline::replay {

class ClairvoyantContender {
 public:
  static constexpr std::size_t kAhead = dispatch::Dispatcher::kAhead;

  // REQUIRES: `world` and `arrivals` outlive this.
  ClairvoyantContender(const World& world, const std::vector<Seconds>& arrivals);

  // Request number `request` arrives. REQUIRES: they come in order.
  void serve(std::size_t request);
  void finish();

  const std::vector<Seconds>& took() const { return took_; }  // By request; REQUIRES: finish() was called.

 private:
  // By place in a list of plans: what a request that arrives next takes of each.
  struct Next {
    Seconds after = 0;
    std::vector<dispatch::Demand> demands;
  };

  void happen(Seconds until);
  std::size_t choose(std::size_t request);
  std::vector<Next> next_of(std::size_t request, const std::vector<std::size_t>& plans) const;
  Duration sum(std::vector<dispatch::Remaining>& jobs, const std::vector<Next>& next, const dispatch::Plans& plans);

  const World& world_;
  const std::vector<Seconds>& arrivals_;
  Machines machines_;
  dispatch::FlowLine line_;
  std::vector<Seconds> took_;
};

}  // namespace tideline::replay
