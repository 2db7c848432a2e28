// StreamReferences: what a cloud keeps of the streams of its edges: the codes of their last frames.
//
// It keeps the newest frames of each stream, and the one that the edge named last, as long as there is room. Memory and
// the number of streams are bounded, per peer and in all. The stream that was used least recently is dropped first. An
// edge whose reference is gone sends the whole tensors, so nothing is lost. Belongs to the I/O thread; counters() is
// thread-safe.
//
//   StreamReferences references(limits, budget);
//   const auto before = references.find({connection, account.name}, asked);  // At admission.
//   if (!before) return before.error();
//   references.keep({connection, account.name}, asked, std::move(codes));  // After the run.
//   references.forget(connection);
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/result.h"
#include "runtime/cloud/frame_window.h"
#include "runtime/cloud/kept_frame.h"
#include "runtime/wire/limits.h"
#include "runtime/wire/message.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace tideline::cloud {

class StreamReferences {
 public:
  // Its bounds are those of the limits, but at most a quarter of the budget's. REQUIRES: the budget outlives it.
  StreamReferences(const wire::Limits& limits, Budget& budget);

  // Where a request came from.
  struct From {
    const void* connection = nullptr;  // Only compared.
    const std::string& peer;           // The name of its account.
  };

  // Returns the reference of a request in a stream; null if its tensors are whole. Returns no_reference if it is not
  // kept, and invalid if the request contradicts its stream: another plan, another batch, a frame number that was used.
  // From now on, frames older than the reference that was named before may be dropped.
  // REQUIRES, here and below: the request has a place.
  Result<std::shared_ptr<const KeptFrame>> find(const From& from, const wire::RunMessage& asked);

  // Keeps the codes of an answered frame, if there is room.
  void keep(const From& from, const wire::RunMessage& asked, TensorCodes codes);

  // Drops all streams of a connection.
  void forget(const void* connection);

  // Takes memory of the budget for that peer: the peer's own streams make room, the least recently used first.
  Result<Budget::Held> room_for(const std::string& peer, Bytes size);

  // Drops the stream of that peer that was used least recently. Returns false if it has none.
  bool give_way(const std::string& peer);

  struct Counters {
    std::uint64_t streams = 0;  // Now, as all.
    std::uint64_t frames = 0;
    Bytes bytes;
  };
  Counters counters() const { return {streams_, frames_, {bytes_}}; }

 private:
  static constexpr std::size_t kFrames = 8;           // Of one stream, besides the reference that was named last.
  using Key = std::pair<const void*, std::uint64_t>;  // The connection, and its number of the stream.
  struct Stream;
  using Order = std::map<std::uint64_t, Stream*>;  // By last use, the oldest first.
  struct Peer {
    std::uint64_t bytes = 0;
    Order order;
  };
  struct Stream {
    Key key;
    std::string peer;
    plan::Plan plan;
    FrameWindow used;
    std::uint32_t named = 0;  // The reference that was named last.
    std::map<std::uint32_t, std::shared_ptr<const KeptFrame>> frames;
    std::uint64_t last_use = 0;
  };

  Stream* find_stream(const From& from, std::uint64_t number);
  Stream& stream_of(const From& from, const wire::RunMessage& asked);
  void touch(Stream& stream);
  void name_reference(Stream& stream, std::uint32_t reference);
  void trim(Stream& stream);  // To its number of frames, and the peer to its bounds.
  void drop_frame(Stream& stream, std::uint32_t frame);
  void drop(Stream& stream);

  const wire::Limits bounds_;
  Budget& budget_;
  std::map<Key, Stream> by_key_;
  std::map<std::string, Peer> peers_;  // Only those with streams.
  Order order_;
  std::uint64_t uses_ = 0;

  std::atomic<std::uint64_t> streams_{0};
  std::atomic<std::uint64_t> frames_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace tideline::cloud
