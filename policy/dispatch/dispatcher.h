// Dispatcher: gives every request its own plan, by when it and the requests around it would end.
//
// It knows the requests in progress on one edge, of all models, which share its compute slots, its uplink and the
// cloud. For each offered plan it predicts when this request, those in progress and the next ones would end
// (flow_line.h), and chooses the plan with the smallest sum. The next ones are taken to arrive as the last ones did,
// and to be served all by one plan, or in turn by those of the fluid limit's mix, whichever gives the smaller sum: a
// rollout (Bertsekas, Tsitsiklis and Wu, "Rollout algorithms for combinatorial optimization", Journal of Heuristics
// 1997). So a plan that is fastest alone does not fill the queue of one stage while another idles. How long a request
// occupies the edge in the long run, edge_work.h has learned; if that is longer than the plan takes alone, the request
// is ahead of a CPU quota, and the edge owes the rest. A value: events and times come in, plans go out. Belongs to one
// thread.
//
//   Dispatcher dispatcher({.edge = 1});
//   dispatcher.offer("cam", offers);
//   const auto request = dispatcher.begin({"cam"}, now);  // Serve by request.offer->plan.
//   dispatcher.sends(request.ticket, now);                // Its head is done.
//   dispatcher.end(request.ticket, now);
#pragma once

#include "policy/dispatch/edge_work.h"
#include "policy/dispatch/flow_line.h"
#include "policy/dispatch/next_plans.h"
#include "policy/dispatch/offer.h"
#include "runtime/base/priority.h"
#include "runtime/base/time.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline::dispatch {

// Work that requests in progress have left.
struct Backlog {
  Duration edge{};
  Duration uplink{};
  Duration cloud{};
  std::size_t requests = 0;
};

class Dispatcher {
 public:
  static constexpr std::size_t kMostPlans = 8;  // That are weighed for a request.
  static constexpr std::size_t kAhead = 8;      // Requests that are looked ahead.
  static constexpr std::size_t kMostJobs = 48;  // In progress that are weighed singly; those behind them in sums.
  static constexpr std::size_t kFutures = 4;    // Made of the gaps between the last arrivals.

  // The slots of the cloud are those of the last offers.
  explicit Dispatcher(Slots slots) : slots_(slots), line_(slots) {}

  // Requests of `model` are served by one of these from now on. Without plans, begin() knows none.
  void offer(std::string_view model, Offers offers);

  struct Assignment {
    std::uint64_t ticket = 0;
    std::optional<Offer> offer;  // Absent: the model has no offers, or it is refused.
    // Until its end, as expected, waiting included; if it is refused, by the soonest plan.
    std::optional<Duration> latency = {};
    bool refused = false;  // No plan ends in time. It is not in progress.
  };
  // What is asked of a model.
  struct Asked {
    std::string_view model;
    std::uint64_t batch = 1;             // A batch takes so many times as long.
    bool is_image = true;                // Else plans that send images do not serve it.
    const plan::Plan* forced = nullptr;  // The plan that serves it; null: the dispatcher chooses.
    std::optional<Duration> within;      // The time until its deadline; absent: none.
    bool strict = true;                  // Else it is refused only if it is late because of others.
    Priority priority = kUsualPriority;  // Of its turn at the edge's slots.
    Duration waited{};                   // For others, before it begins.
  };
  // How long such a request takes by its soonest plan, if it begins now, and if nothing else is in progress.
  struct Soonest {
    Duration now{};
    Duration alone{};
    bool is_late(const Asked& asked) const;  // By the rule of begin().
  };
  // Returns nothing if no plan of the model is known that serves it.
  std::optional<Soonest> soonest(const Asked& asked, TimePoint now);
  // A request begins. Returns what serves it.
  Assignment begin(const Asked& asked, TimePoint now);
  // The request has left the edge's slots and goes to the uplink, unless it stays. Absent `rest`: unknown.
  Waits sends(std::uint64_t ticket, TimePoint now, const std::optional<Rest>& rest = {});
  // The request takes this much more of an edge's slot: its tail runs here.
  void runs_here(std::uint64_t ticket, Duration work, TimePoint now);
  // The request has ended. Unknown tickets are ignored.
  void end(std::uint64_t ticket, TimePoint now);

  // What requests and the process compute here; see EdgeWork.
  void worked(const plan::Plan* plan, Duration computed) { work_.ended(plan, computed); }
  void account(const EdgeWork::Used& used, TimePoint now) { work_.account(used, now); }
  const WorkSeen& work() const { return work_.seen(); }

  // Returns true iff a slot of the edge is neither taken nor waited for, nor does the edge owe one.
  bool edge_free(TimePoint now) const;

  Backlog backlog(TimePoint now) const;
  // Returns the requests per second of all models, from the last arrivals; falls while none comes. 0 before there are
  // two.
  double rate(TimePoint now) const;
  // Returns the squared coefficient of variation of the last gaps: 0 periodic, 1 Poisson, more: bursts.
  double burstiness() const;

 private:
  struct Model {
    std::optional<Offers> fresh;  // Not weighed yet.
    Offers offers;
    std::vector<Plans> next;     // By which the next requests may be served.
    std::optional<Demand> last;  // Of the last request whose plan was chosen, or of one of its batch.
  };
  struct Job {
    std::uint64_t ticket = 0;
    Demand demand;
    Priority priority = kUsualPriority;
    bool on_edge = true;  // Else it was sent.
    TimePoint since;      // When it came to where it is.
    const Model* model = nullptr;
    std::uint64_t batch = 1;
    bool chosen = true;  // Its plan; else it was forced.
    bool tail = false;   // It runs its tail here, which the answer of the cloud may end.
  };
  // A past arrival: how long after the one before, and of what.
  struct Gap {
    Duration length;
    const Model* model;
    Priority priority;
  };

  Model* known(std::string_view model);  // Null: it has no offers.
  void arrived(const Model& model, Priority priority, TimePoint now);
  const Job* running() const;  // The one that has the edge's slot, as far as events tell; null: none.
  std::vector<Remaining> remaining(TimePoint now) const;
  bool is_quiet(Duration latency) const;
  void weigh(Model& model);
  void occupy(std::vector<Offer>& plans) const;  // By what was seen, if anything was.
  // Returns for how long a tail that takes so long alone occupies a slot of the edge in the long run; 0: unknown.
  Duration tail_occupies(const Model& model, Duration alone) const;
  TimePoint begins(const Job& job) const {
    return std::max({job.since, edge_left_, owes_until_ - work_.seen().ahead(slots_.edge)});
  }
  void leaves_edge(const Job& job, TimePoint now);
  // Returns true iff nothing is in progress, each of the last requests was alone, and the usual plan may serve.
  bool is_alone(const Offers& offers, const Asked& asked, const std::vector<Remaining>& jobs) const;
  // Returns a place among the model's plans.
  std::size_t choose(const Model& model, const Asked& asked, const std::vector<Remaining>& jobs);
  std::size_t by_finish(const Model& model, const Asked& asked, std::vector<Remaining> jobs);
  std::size_t futures() const { return std::max<std::size_t>(1, gaps_.size() / kAhead); }
  // Returns the sum of the latencies of `jobs`, of a request that is behind them and of the next ones, over all
  // futures, by the best plans of the next ones. Leaves `jobs` as they were.
  Duration least_sum(const Model& model, const Remaining& mine, std::vector<Remaining>& jobs);
  // Returns whether it is better for all if the tail of `job` runs here than if it is sent. `jobs`: without it.
  bool stays(const Job& job, const Rest& rest, std::vector<Remaining> jobs);
  std::size_t by_rule(const Offers& offers, const Asked& asked, const std::vector<Remaining>& jobs) const;
  // Returns when the request would end by that plan. Leaves `jobs` as they were, like the next.
  Duration end_of(const Offer& plan, const Asked& asked, std::vector<Remaining>& jobs);
  // Returns the plan by which the request ends first, and when. REQUIRES: some plan serves it.
  std::pair<std::size_t, Duration> first_to_end(const Offers& offers, const Asked& asked, std::vector<Remaining>& jobs);
  // Appends the requests that come next, as the last ones came (future 0), or those before them (1), and so on. Those
  // of `model` are served by `plans`.
  void append_next(std::vector<Remaining>& jobs, std::size_t future, const Model& model, const Plans& plans) const;

  Slots slots_;
  FlowLine line_;
  EdgeWork work_;
  std::map<std::string, Model, std::less<>> models_;
  std::list<Job> jobs_;    // In the order in which they came to where they are.
  std::vector<Gap> gaps_;  // The newest last.
  std::optional<TimePoint> last_arrival_;
  TimePoint edge_left_, link_left_;  // When a request was last seen to leave the edge, or to have left the uplink.
  TimePoint owes_until_;             // Until then requests that have left the edge occupy it in the long run.
  std::uint64_t tickets_ = 0;
};

}  // namespace tideline::dispatch
