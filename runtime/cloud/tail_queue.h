// TailQueue: the queue of waiting tails: the highest priority first; of one priority, the peers take turns (FairQueue).
//
// As at the edge (runtime/base/gate.h), a tail waits as long as others of a smaller number come. Its deadline, at which
// the caller removes it, bounds that. Tails of one priority run together, and no other joins them. Belongs to one
// thread at a time.
//
//   TailQueue queue;
//   queue.push({std::move(job), kind});
//   std::vector<FairQueue::Waiting> batch = queue.take(queue.alike());
#pragma once

#include "runtime/base/priority.h"
#include "runtime/cloud/fair_queue.h"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace tideline::cloud {

class TailQueue {
 public:
  using Waiting = FairQueue::Waiting;

  void push(Waiting waiting);

  std::size_t size() const;
  bool empty() const { return levels_.empty(); }

  // The next tail. REQUIRES, here and below: !empty().
  const Waiting& front() const { return levels_.begin()->second.front(); }

  // How many waiting tails are of its kind and priority, including itself.
  std::size_t alike() const { return levels_.begin()->second.alike(); }

  // Takes it and up to `most` - 1 others of its kind and priority.
  std::vector<Waiting> take(std::size_t most);

  // Removes all tails for which `so` returns true.
  std::vector<Waiting> take_if(const std::function<bool(const TailJob&)>& so);

  // Removes a tail of the lowest priority to make room for one of `peer`: the newest tail of the peer with most of
  // these. Nothing if the new one is of a lower priority, or of the same and `peer` itself has as many.
  std::optional<Waiting> make_room_for(const void* peer, Priority priority);

  // How many tails would go before a new one of `from`, if each ran alone and no other came.
  std::size_t before(const TailJob::From& from, Priority priority) const;

 private:
  std::map<Priority, FairQueue> levels_;  // None is empty.
};

}  // namespace tideline::cloud
