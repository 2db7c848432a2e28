// FairQueue: waiting tails of one priority; serves the peers in rounds, one tail of each.
//
// However much one peer sends, over however many connections, another's next tail waits for at most one tail of each
// peer. The connections of one peer take turns in the same way. So if many edges share an address without certificates,
// and count as one peer, none waits behind all of another's tails. Belongs to one thread at a time.
//
//   FairQueue queue;
//   queue.push({std::move(job), kind});
//   const std::size_t alike = queue.alike();                            // Of the front's kind.
//   std::vector<FairQueue::Waiting> batch = queue.take(alike);
#pragma once

#include "runtime/cloud/tail_runner.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <vector>

namespace tideline::cloud {

class FairQueue {
 public:
  struct Waiting {
    TailJob job;
    TailKind kind;
  };

  void push(Waiting waiting);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The next tail. REQUIRES, here and below: !empty().
  const Waiting& front() const { return lines_.front().lines.front().jobs.front(); }

  // How many waiting tails are of its kind, including itself.
  std::size_t alike() const;

  // Takes it and up to `most` - 1 others of its kind, in rounds too. The served peers then come last.
  std::vector<Waiting> take(std::size_t most);

  // Removes all tails for which `so` returns true.
  std::vector<Waiting> take_if(const std::function<bool(const TailJob&)>& so);

  // Removes a tail to make room for one of `peer`: the newest tail of the peer with most. Nothing if `peer` itself has
  // as many.
  std::optional<Waiting> make_room_for(const void* peer);
  // Removes the newest tail of the peer with most.
  Waiting take_newest();

  // How many tails would go before a new one of `from`, if each ran alone.
  std::size_t before(const TailJob::From& from) const;

 private:
  // The waiting tails of one connection; never empty.
  struct Line {
    const void* edge;
    std::deque<Waiting> jobs;
    std::size_t size() const { return jobs.size(); }
  };
  // The waiting tails of one peer; never empty. Here and in lines_, the next one is first.
  struct PeerLine {
    const void* peer;
    std::list<Line> lines;
    std::size_t size() const;
  };
  void take_one(PeerLine& of, const TailKind& kind, std::vector<Waiting>& taken);

  std::list<PeerLine> lines_;
  std::size_t size_ = 0;
};

}  // namespace tideline::cloud
