// Session: one prepared way of serving: a model, a plan, a link.
//
// Const from birth. Each infer() runs from first byte to last under this session's plan, whatever is published
// meanwhile. A request is never lost to the link: the edge still holds the cut's tensors, and runs the tail itself when
// the answer is late or the cloud is gone, and takes what comes first; unless it does not hold the tail: then the
// request fails. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/gate.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/engine/pending_tail.h"
#include "runtime/engine/rehearsals.h"
#include "runtime/engine/shared_hedging.h"
#include "runtime/link/link.h"
#include "runtime/model/api/model.h"
#include "runtime/monitor/traffic.h"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline {

enum class Placement {
  edge,      // Planned so: the whole network ran here.
  cloud,     // The whole network ran in the cloud.
  split,     // Head here, tail in the cloud.
  fallback,  // Planned otherwise, but the tail ran here: no answer came in time, or none was expected to.
};

std::string_view name(Placement placement);

// Where the time of one inference went; total is measured by itself, not summed.
struct Timing {
  Duration queue{};  // Waiting for a turn to compute, here and in the cloud.
  Duration head{};
  Duration encode{};
  Duration network{};  // On the link, both ways: from send to answer less the cloud's residence. For a fallback: time
                      // waited in vain.
  Duration tail{};    // Decoding and running the tail, wherever it ran.
  Duration total{};
};

struct InferResult {
  std::vector<Tensor> outputs;
  Placement placement = Placement::edge;
  Plan plan;
  Timing timing;
  Bytes wire;                          // Of the tensors that were sent; none where nothing was.
  std::optional<Duration> expected{};  // Of the total, when the request began; absent where nobody knew.
};

class Session {
 public:
  // What a session works with; all but `model` may be shared by sessions of several models and must outlive them.
  struct Parts {
    std::shared_ptr<const Model> model;
    Link* link = nullptr;        // Null: there is no cloud.
    Traffic* traffic = nullptr;  // Null: nobody wants to learn from the requests.
    Gate* compute = nullptr;
    Rehearsals* rehearsals = nullptr;  // Of all models that share a machine; null: this one has it alone.
    SharedHedging* hedging =
        nullptr;            // Null: the tail runs here only once the cloud has failed, or `patience` is over.
    Duration patience{};    // How long to wait for the cloud at most before the tail runs here.
    bool fall_back = true;  // False while profiling: a late or failed answer is an error.
  };

  Session(Parts parts, Plan plan) : parts_(parts), plan_(std::move(plan)) {}

  const Plan& plan() const { return plan_; }

  // Returns the network's outputs for `inputs` and how they came about; overloaded when `deadline` passes before a turn
  // to compute came; unavailable when the cloud did not answer and the tail is not held here; what Model::run says when
  // the inputs do not fit.
  Result<InferResult> infer(std::vector<Tensor> inputs, TimePoint deadline) const;

 private:
  using Wanted = std::function<bool()>;

  PendingTail ask_cloud(std::span<const Tensor> crossing, TimePoint deadline, InferResult& served) const;
  Result<void> finish(PendingTail& asked, std::span<const Tensor> crossing, TimePoint deadline, InferResult& served) const;
  // Waits for the answer until the request is to be hedged, or given up. Returns true iff it is to be hedged.
  bool wait_for_answer(PendingTail& asked) const;
  bool may_finish_here() const;
  std::optional<Rehearsals::Request> computing_here() const;
  // Runs the tail here until it is done or the cloud has answered.
  Result<std::vector<Tensor>> run_tail_meanwhile(PendingTail& asked, std::span<const Tensor> crossing, TimePoint deadline,
                                                 Timing& timing) const;
  void take(TailAnswer answer, TimePoint sent, InferResult& served) const;
  // Runs `range` when it is its turn, for as long as it is wanted. Adds the wait to timing.queue and gives the time of
  // the run in `took`.
  Result<std::vector<Tensor>> compute(Range range, std::span<const Tensor> in, TimePoint deadline, Timing& timing,
                                      Duration& took, const Wanted& wanted = {}) const;
  // Returns what a request gets that the cloud did not answer and that may not be finished here.
  Error without_answer(Error why) const;

  const Parts parts_;
  const Plan plan_;
};

}  // namespace tideline
