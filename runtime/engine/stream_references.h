// StreamReferences: what an edge knows of its streams: for each, under each plan, the latest frame that a cloud
// answered.
//
// Later frames may be sent as differences to that one. Frames may be under way at once, and be answered in any order.
// Memory and the number of streams are bounded; the stream that was used least recently is forgotten first. That costs
// only bytes: its next frame is sent whole. Thread-safe.
//
//   StreamReferences references;
//   const auto next = references.next("camera-1", plan);
//   const codec::Coded coded = codec::encode_q(plan.codec, tensor, next.reference ? ... : nullptr);
//   references.answered("camera-1", plan, next.stream, {next.frame, {coded.codes}, answer.connection});
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/units.h"
#include "runtime/codec/q_codes.h"
#include "runtime/wire/connection_mark.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tideline::engine {

// A frame that a cloud has answered, and keeps as long as it has room.
struct StreamReference {
  std::uint32_t frame = 0;
  std::vector<std::shared_ptr<const codec::Codes>> codes;  // Of the cut's tensors; null if one crosses unchanged.
  std::shared_ptr<const wire::ConnectionMark> connection;  // Over which it was answered. Not null.
};

class StreamReferences {
 public:
  struct Bounds {
    Bytes memory = 64_MiB;
    std::size_t streams = 1024;  // A sequence counts once for each of its plans.
  };

  StreamReferences() : StreamReferences(Bounds()) {}
  explicit StreamReferences(Bounds bounds) : bounds_(bounds) {}

  // A frame about to be sent.
  struct Next {
    std::uint64_t stream = 0;  // Its number for the clouds, never used again.
    std::uint32_t frame = 1;
    std::shared_ptr<const StreamReference> reference;  // Null: there is none, or its connection has ended.
  };
  Next next(const std::string& sequence, const plan::Plan& plan);

  // Makes an answered frame the reference, unless a later one is, or the stream was forgotten meanwhile.
  void answered(const std::string& sequence, const plan::Plan& plan, std::uint64_t stream, StreamReference reference);

  // The cloud does not keep that frame any more: it is no longer the reference.
  void lost(const std::string& sequence, const plan::Plan& plan, std::uint32_t frame);

  // Forgets the sequence under all plans of the model.
  void forget(const std::string& sequence, const std::string& model);

  struct Held {
    std::uint64_t streams = 0;
    Bytes memory;
  };
  Held held() const;

 private:
  using Key = std::pair<std::string, plan::Plan>;
  struct Known {
    Key key;
    std::uint64_t number = 0;
    std::uint32_t last_frame = 0;
    std::shared_ptr<const StreamReference> reference;
  };
  using Order = std::list<Known>;                                       // The least recently used first.
  using Dropped = std::vector<std::shared_ptr<const StreamReference>>;  // Freed after m_ was released.

  // REQUIRE that m_ is held.
  Order::iterator use(const Key& key, Dropped& dropped);
  void set(Known& known, std::shared_ptr<const StreamReference> reference, Dropped& dropped);
  void drop(Order::iterator at, Dropped& dropped);

  const Bounds bounds_;
  mutable std::mutex m_;
  Order order_;  // All below are guarded by m_.
  std::map<Key, Order::iterator> by_key_;
  std::uint64_t last_number_ = 0;
  std::uint64_t memory_ = 0;
};

}  // namespace tideline::engine
