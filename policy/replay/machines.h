// Machines: an edge, an uplink and a cloud in a World, where the requests of one contender wait for one another.
//
// The edge's compute slots run heads with their encoding, and tails that run here; the uplink carries one upload after
// the other; the cloud's compute slots run tails. Each serves in order of arrival. The owner takes the events one by
// one, and says what becomes of a request that has left the edge. Belongs to one thread.
//
//   Machines machines(world);
//   machines.begin(0, {plan, world.dice(0)}, 12.5);
//   while (machines.next())
//     if (const auto event = machines.take(); event.step == Machines::Step::left_edge) machines.send(0, event.at);
#pragma once

#include "policy/dispatch/flow_line.h"
#include "policy/replay/owed.h"
#include "policy/replay/station.h"
#include "policy/replay/world.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <vector>

namespace tideline::replay {

// Returns what a request by `plan` takes of each stage that begins at `at` and waits for no other.
dispatch::Demand demand_of(const World& world, std::size_t plan, const Dice& dice, Seconds at);

class Machines {
 public:
  // REQUIRES: `world` outlives this.
  explicit Machines(const World& world);

  struct Asked {
    std::size_t plan = 0;
    Dice dice;
  };
  // Request number `request` comes to the edge. REQUIRES: the number is new; times do not decrease, here and below.
  void begin(std::size_t request, const Asked& asked, Seconds at);
  // It goes to the uplink, or its tail runs here. REQUIRES: it has left the edge.
  void send(std::size_t request, Seconds at);
  void run_here(std::size_t request, Seconds at);
  // Its result is here: it gives up its slot of the edge, and waits for none. Returns true iff its answer still comes.
  bool stop(std::size_t request, Seconds at);
  // REQUIRES: its answer does not come any more. Other events of it may come; they mean nothing.
  void forget(std::size_t request) { jobs_.erase(request); }

  enum class Step {
    head_begins,
    head_done,
    left_edge,  // Head and encoding are done; the plan sends.
    upload_begins,
    uploaded,
    at_cloud,  // Uploaded, and the table's own queue is over.
    tail_begins,
    left_cloud,
    answered,
    done_here,  // Edge-only, or a tail that ran here.
    edge_free,  // The next request gets a slot of the edge, later than another left it.
  };
  struct Event {
    Seconds at = 0;
    std::uint64_t order = 0;  // Orders events at the same time: first planned, first served.
    Step step = Step::head_begins;
    std::size_t request = 0;
    bool operator<(const Event& other) const {  // The earliest is on top.
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  // Returns when the next event is; nothing if there is none.
  std::optional<Seconds> next() const { return events_.empty() ? std::nullopt : std::optional(events_.top().at); }
  // Takes the next event. REQUIRES: next().
  Event take();

  // Returns what is known of a request so far.
  const RequestTimeline& course(std::size_t request) const { return jobs_.at(request).course; }

  // Returns what requests in progress still need at `at`, in the order in which they came to where they are. Of one
  // that was sent and runs its tail here: its tail here.
  std::vector<dispatch::Remaining> remaining(Seconds at) const;

 private:
  enum class Where { edge, tail_here, uplink, cloud, gone };
  struct Job {
    Asked asked;
    RequestTimeline course;
    Where where = Where::edge;
    Seconds since = 0;            // When it came there.
    Seconds began = 0;            // To use its slot of the edge.
    std::optional<Seconds> ends;  // When it leaves its slot, or the table's own queue; absent while it waits.
    Seconds occupies = 0;         // A slot of the edge in the long run.
    bool answers = false;         // Sent, and not answered.
  };

  void plan(Seconds at, Step step, std::size_t request) { events_.push({at, planned_++, step, request}); }
  static void come(Job& job, Where where, Seconds at);
  void leave_edge(std::size_t request, Seconds at);
  void free_edge(std::size_t request, Seconds at);
  // Returns whether it has a slot of the edge, and the share of its run there that it has left.
  static bool runs_here(const Job& job) {
    return job.ends && (job.where == Where::edge || job.where == Where::tail_here);
  }
  static double left_here(const Job& job, Seconds at);
  void leave_uplink(Seconds at);
  void use_edge(std::size_t request, Seconds at);
  void upload(std::size_t request, Seconds at);
  void run_tail(std::size_t request, Seconds at);
  dispatch::Demand left(const Job& job, Seconds at) const;

  const World& world_;
  Station edge_, uplink_, cloud_;
  Owed owed_;
  std::map<std::size_t, Job> jobs_;
  std::priority_queue<Event> events_;
  std::uint64_t planned_ = 0;
};

}  // namespace tideline::replay
