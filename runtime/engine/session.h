// Session: serves requests for one model by one plan over one link; never changes.
//
//   const Session session({.model = model, .link = &link, .compute = &gate, .patience = 1s}, plan);
//   const auto served = session.infer(std::move(inputs), {});
//   if (!served) return served.error();
//   const std::vector<Tensor>& outputs = served->outputs;
//
// Each infer() runs from first byte to last by this session's plan, whatever is published meanwhile. A fault of the
// link loses no request. The edge keeps the tensors of the cut. If the answer is late or the cloud is gone, it runs
// the tail itself and uses the answer that comes first. If the edge does not hold the tail, the request fails instead.
// Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/gate.h"
#include "runtime/base/priority.h"
#include "runtime/base/refusals.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/engine/input.h"
#include "runtime/engine/kept_inputs.h"
#include "runtime/engine/pending_tail.h"
#include "runtime/engine/rehearsals.h"
#include "runtime/engine/shared_dispatcher.h"
#include "runtime/engine/shared_hedging.h"
#include "runtime/engine/stream.h"
#include "runtime/engine/stream_frame.h"
#include "runtime/link/link.h"
#include "runtime/model/api/model.h"
#include "runtime/monitor/traffic.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::engine {

enum class Placement {
  edge,      // The whole network ran here, as planned.
  cloud,     // The whole network ran in the cloud.
  split,     // Head here, tail in the cloud.
  fallback,  // Planned otherwise, but the tail ran here: no answer came in time, the tail was faster here, or the
             // request would have sent more than is allowed.
};

std::string_view name(Placement placement);

// How a request of a stream was last sent.
enum class StreamForm {
  whole,
  difference,
  resent,  // Whole, after the cloud had no reference for the difference.
};

std::string_view name(StreamForm form);

// The time of one inference, by stage; total is measured by itself, not summed.
struct Timing {
  Duration queue{};  // Waiting for a compute slot, here and in the cloud.
  Duration head{};
  Duration encode{};   // Decoding images, and giving what crosses its form on the wire.
  Duration network{};  // On the link, both ways: from sending to the answer, less the time inside the cloud. For a
                       // fallback: the wait without an answer.
  Duration tail{};     // Decoding and running the tail, wherever it ran.
  Duration total{};
  Duration computed{};  // CPU time of this request's thread on the edge, in runs, decoding and encoding.
};

struct InferResult {
  std::vector<Tensor> outputs;
  Placement placement = Placement::edge;
  plan::Plan plan;
  Timing timing;
  Bytes wire;                          // Size of the sent tensors; zero if nothing was sent.
  std::optional<Duration> expected{};  // Predicted total when the request began; absent without a forecast.
  std::optional<StreamForm> stream{};  // Absent: nothing was sent as a frame of a stream.
};

// How much one request may send. If it turns out to be larger, it runs here, or is refused.
struct SendLimit {
  Bytes most;
  bool may_stay = false;  // Whether it may run here.
};

// Returns the plan by which an input is sent: one of images sends tensors as fp32.
plan::Plan plan_for(plan::Plan plan, bool is_image);

// How a request waits for others, here and in the cloud.
struct Turn {
  TimePoint deadline = TimePoint::max();
  Priority priority = kUsualPriority;
  std::function<bool()> wanted = {};  // Whether anybody still waits for its answer; empty: somebody does.
  Refusals* refused = nullptr;        // Where it is counted if it is refused; null: nowhere.
  std::string trace = {};             // Its traceparent, for the cloud; empty: it names none.
};

class Session {
 public:
  // What a session works with. All but `model` may be shared by sessions of several models, and must outlive them.
  struct Parts {
    std::shared_ptr<const model::Model> model;
    std::shared_ptr<const codec::ImageInput> image;  // Null: the model takes no images.
    link::Link* link = nullptr;                      // Null: there is no cloud.
    monitor::Traffic* traffic = nullptr;             // Null: the times of requests are not recorded.
    Gate* compute = nullptr;
    Rehearsals* rehearsals = nullptr;        // Shared by all models of this machine; null: there is only this model.
    StreamReferences* streams = nullptr;     // Shared by all models of this machine; null: no request is in a stream.
    SharedDispatcher* dispatcher = nullptr;  // Shared by all models of this machine; null: there is only this model.
    KeptInputs* kept = nullptr;              // Where inputs of requests are kept; null: nowhere.
    SharedHedging* hedging =
        nullptr;          // Null: the tail runs here only after the cloud has failed or `patience` is over.
    Duration patience{};  // The longest wait for the cloud, beyond that for other requests, before the tail runs here.
    bool fall_back = true;               // False while profiling: a late or failed answer is an error.
    Priority priority = kUsualPriority;  // Of requests that bring none.
  };

  Session(Parts parts, plan::Plan plan) : parts_(std::move(parts)), plan_(std::move(plan)) {}

  const plan::Plan& plan() const { return plan_; }

  // Returns the network's outputs for `input`, and their times and placement. Returns overloaded if the deadline
  // passes while the request waits for a compute slot, unavailable if it is no longer wanted by then, or if the cloud
  // did not answer and the tail is not held here, and invalid if an image cannot be decoded, the tensors do not fit
  // (Model::run), or the request would send more than `limit` allows and may not run here. If the plan sends images and
  // the input is not one, it is sent as fp32. Under a codec of steps, a request of `stream` may be sent as a difference
  // to an earlier one; its outputs are the same. Null: it belongs to none. `dispatched` hears where the request is;
  // null: nobody does.
  Result<InferResult> infer(Input input, const Turn& turn, const Stream* stream = nullptr,
                            const std::optional<SendLimit>& limit = {},
                            SharedDispatcher::Request* dispatched = nullptr) const;

  // A request whose head has run: the tensors at the cut, or an image that crosses as it came.
  struct Headed {
    Input input;
    std::int64_t batch = 1;
  };
  // infer() in two parts: several sessions of one model, cut and kind of codec (of tensors, or of images) can serve a
  // request after one head. Neither part is recorded, dispatched, hedged or in a stream. They return the errors of
  // infer().
  Result<Headed> run_head(Input input, const Turn& turn) const;
  Result<InferResult> infer_after(Headed headed, const Turn& turn) const;

 private:
  using Wanted = std::function<bool()>;

  // Runs the head. If the image itself crosses, returns the input.
  Result<Input> run_head(Input input, const Turn& turn, InferResult& served) const;
  // One request that crosses, with its place in a stream.
  struct Crossing {
    Input input;
    std::int64_t batch = 1;
    const Turn& turn;
    std::optional<StreamFrame> frame;
    std::optional<SendLimit> limit;
    SharedDispatcher::Request* dispatched = nullptr;
    dispatch::Waits waits{};
  };
  // Sends what crosses, or runs its tail here.
  Result<void> cross(Crossing& crossing, InferResult& served, bool teaching,
                     std::optional<Rehearsals::Request>& here) const;
  std::optional<StreamFrame> frame_of(const Stream* stream, const plan::Plan& plan) const;
  // Returns the wire form of what crosses. Adds its time to timing.encode, and a wait for a slot to timing.queue.
  Result<std::vector<Tensor>> encode(Crossing& crossing, InferResult& served) const;
  // Returns the wire form of images. Waits for a slot if they must be decoded.
  Result<std::vector<Tensor>> encode_images(const Crossing& crossing, InferResult& served) const;
  // Returns whether a request of `size` bytes is sent; if not, it runs here. Returns invalid if it may do neither.
  Result<bool> sends(Bytes size, const std::optional<SendLimit>& limit) const;
  // Runs the tail here, and asks no cloud.
  Result<void> stay(Crossing& crossing, InferResult& served) const;
  PendingTail ask_cloud(std::vector<Tensor> wire, const Crossing& crossing, TimePoint until, InferResult& served) const;
  Result<void> finish(PendingTail& asked, Crossing& crossing, InferResult& served) const;
  // The cloud lacks the reference: sends the whole tensors, unless the tail is now faster here, time is up, or they are
  // too large. Returns true iff they were sent.
  bool ask_again(PendingTail& asked, Crossing& crossing, InferResult& served) const;
  bool is_faster_here(const Crossing& crossing) const;
  std::optional<dispatch::Rest> rest() const;      // As expected.
  void runs_here(const Crossing& crossing) const;  // Tells so.
  // Waits for the answer until it is time to hedge the request or to give up. Returns true iff it is time to hedge.
  bool wait_for_answer(PendingTail& asked, const Crossing& crossing) const;
  bool may_finish_here() const;
  std::optional<Rehearsals::Request> computing_here() const;
  // Runs the tail here until it is done or the cloud has answered.
  Result<std::vector<Tensor>> run_tail_meanwhile(PendingTail& asked, Crossing& crossing, Timing& timing) const;
  void take(wire::TailAnswer answer, TimePoint sent, InferResult& served) const;
  Result<Gate::Pass> enter(const Turn& turn, const Wanted& wanted = {}) const;  // Waits for a compute slot.
  // Waits for a compute slot, decodes `in` if it is an image, then runs `range` as long as `wanted` returns true. Adds
  // the wait to timing.queue, the decoding to timing.encode, and sets `took` to the time of the run.
  Result<std::vector<Tensor>> compute(model::Range range, Input& in, const Turn& turn, Timing& timing, Duration& took,
                                      const Wanted& wanted = {}) const;
  // Returns the error for a request that the cloud did not answer and that this edge may not finish.
  Error without_answer(Error why, Crossing& crossing) const;
  // Counts a request that ends so, if it is refused: it had no slot in time, or its client has left.
  Error ended(const Turn& turn, Error why) const;

  const Parts parts_;
  const plan::Plan plan_;
};

}  // namespace tideline::engine
