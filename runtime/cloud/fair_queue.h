// FairQueue: tails that wait for a turn, taken in rounds: one of each peer, and then again one of each.
//
// However much one peer sends, over however many connections, another's next tail waits for at most one of each peer.
// The connections of one peer take turns among themselves likewise: where many edges have one address and no
// certificates, they are one peer, and yet none of them waits behind all of another's. Belongs to one thread at a time.
#pragma once

#include "runtime/cloud/tail_runner.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <vector>

namespace tideline {

class FairQueue {
 public:
  struct Waiting {
    TailJob job;
    TailKind kind;
  };

  void push(Waiting waiting);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The one whose turn it is. REQUIRES, here and below: !empty().
  const Waiting& front() const { return lines_.front().lines.front().jobs.front(); }

  // How many wait that are of its kind, itself among them.
  std::size_t alike() const;

  // Takes it, and up to `most` - 1 others of its kind, in rounds too. Whose peers have had a turn now come last.
  std::vector<Waiting> take(std::size_t most);

  // Takes out all for which that is so.
  std::vector<Waiting> take_if(const std::function<bool(const TailJob&)>& so);

  // Takes out the one that `peer` makes room for: the newest of the peer that has most waiting. Nothing when `peer` has
  // as many itself.
  std::optional<Waiting> make_room_for(const void* peer);

  // How many would go before one that came `from` there now, if each went alone.
  std::size_t before(const TailJob::From& from) const;

 private:
  // What one connection has waiting: never nothing.
  struct Line {
    const void* edge;
    std::deque<Waiting> jobs;
    std::size_t size() const { return jobs.size(); }
  };
  // What one peer has waiting: never nothing. Whose turn is next comes first, here and in lines_.
  struct PeerLine {
    const void* peer;
    std::list<Line> lines;
    std::size_t size() const;
  };
  void take_one(PeerLine& of, const TailKind& kind, std::vector<Waiting>& taken);

  std::list<PeerLine> lines_;
  std::size_t size_ = 0;
};

}  // namespace tideline
