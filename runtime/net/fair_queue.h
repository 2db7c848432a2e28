// FairQueue: tails that wait for a turn, taken in rounds: one of each edge, and then again one of each.
//
// However much one edge sends, another's next tail waits for at most one of each edge. Belongs to one thread at a time.
#pragma once

#include "runtime/net/tail_runner.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
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
  const Waiting& front() const { return lines_.front().jobs.front(); }

  // How many wait that are of its kind, itself among them.
  std::size_t alike() const;

  // Takes it, and up to `most` - 1 others of its kind, in rounds too. Whose edges have had a turn now come last.
  std::vector<Waiting> take(std::size_t most);

  // Takes out all for which that is so.
  std::vector<Waiting> take_if(const std::function<bool(const TailJob&)>& so);

  // How many would go before one that `edge` pushed now, if each went alone.
  std::size_t before(const void* edge) const;

 private:
  // What one edge has waiting: never nothing.
  struct Line {
    const void* edge;
    std::deque<Waiting> jobs;
  };
  std::list<Line> lines_;  // Whose turn is next comes first.
  std::size_t size_ = 0;
};

}  // namespace tideline
