#include "runtime/net/fair_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tideline {

void FairQueue::push(Waiting waiting) {
  const void* const edge = waiting.job.edge;
  auto line = std::ranges::find(lines_, edge, &Line::edge);
  if (line == lines_.end()) line = lines_.insert(lines_.end(), {edge, {}});
  line->jobs.push_back(std::move(waiting));
  ++size_;
}

std::size_t FairQueue::alike() const {
  const TailKind& kind = front().kind;
  std::size_t count = 0;
  for (const Line& line : lines_)
    count += static_cast<std::size_t>(std::ranges::count(line.jobs, kind, &Waiting::kind));
  return count;
}

std::vector<FairQueue::Waiting> FairQueue::take(std::size_t most) {
  const TailKind kind = front().kind;
  std::vector<Waiting> taken;
  for (bool found = true; found && taken.size() < most;) {
    found = false;
    std::list<Line> served;
    for (auto line = lines_.begin(); line != lines_.end() && taken.size() < most;) {
      const auto at = std::ranges::find(line->jobs, kind, &Waiting::kind);
      const auto next = std::next(line);
      if (at != line->jobs.end()) {
        found = true;
        taken.push_back(std::move(*at));
        line->jobs.erase(at);
        if (line->jobs.empty())
          lines_.erase(line);
        else
          served.splice(served.end(), lines_, line);
      }
      line = next;
    }
    lines_.splice(lines_.end(), served);
  }
  size_ -= taken.size();
  return taken;
}

std::vector<FairQueue::Waiting> FairQueue::take_if(const std::function<bool(const TailJob&)>& so) {
  std::vector<Waiting> taken;
  for (Line& line : lines_) {
    if (std::ranges::none_of(line.jobs, so, &Waiting::job)) continue;
    decltype(line.jobs) stay;
    for (Waiting& waiting : line.jobs) {
      if (so(waiting.job))
        taken.push_back(std::move(waiting));
      else
        stay.push_back(std::move(waiting));
    }
    line.jobs = std::move(stay);
  }
  lines_.remove_if([](const Line& line) { return line.jobs.empty(); });
  size_ -= taken.size();
  return taken;
}

// In the round of the new one, those lines go before it that stand before its own; a new line stands last.
std::size_t FairQueue::before(const void* edge) const {
  const auto own = std::ranges::find(lines_, edge, &Line::edge);
  const std::size_t rounds = own == lines_.end() ? 0 : own->jobs.size();
  std::size_t count = 0;
  bool earlier = true;
  for (auto line = lines_.begin(); line != lines_.end(); ++line) {
    if (line == own) earlier = false;
    count += std::min(line->jobs.size(), rounds + (earlier ? 1 : 0));
  }
  return count;
}

}  // namespace tideline
