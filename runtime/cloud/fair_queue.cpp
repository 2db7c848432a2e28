#include "runtime/cloud/fair_queue.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace tideline::cloud {
namespace {

// Returns how many entries go before a new last entry of the line `own`. Every other line gives one per round, and in
// the last round only the lines before `own`. A new line is last. The entries of `own` itself count.
template <typename Lines>
std::size_t ahead(const Lines& lines, typename Lines::const_iterator own, std::size_t own_ahead) {
  std::size_t count = own_ahead;
  bool earlier = true;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    if (line == own)
      earlier = false;
    else
      count += std::min(line->size(), own_ahead + (earlier ? 1 : 0));
  }
  return count;
}

}  // namespace

std::size_t FairQueue::PeerLine::size() const {
  const auto add = [](std::size_t sum, const Line& line) { return sum + line.size(); };
  return std::accumulate(lines.begin(), lines.end(), std::size_t{0}, add);
}

void FairQueue::push(Waiting waiting) {
  const auto [peer, edge] = waiting.job.from;
  auto of = std::ranges::find(lines_, peer, &PeerLine::peer);
  if (of == lines_.end()) of = lines_.insert(lines_.end(), {peer, {}});
  auto line = std::ranges::find(of->lines, edge, &Line::edge);
  if (line == of->lines.end()) line = of->lines.insert(of->lines.end(), {edge, {}});
  line->jobs.push_back(std::move(waiting));
  ++size_;
}

std::size_t FairQueue::alike() const {
  const TailKind& kind = front().kind;
  std::size_t count = 0;
  for (const PeerLine& of : lines_)
    for (const Line& line : of.lines)
      count += static_cast<std::size_t>(std::ranges::count(line.jobs, kind, &Waiting::kind));
  return count;
}

// Takes one tail of the kind, if there is one, from the first connection that has one.
void FairQueue::take_one(PeerLine& of, const TailKind& kind, std::vector<Waiting>& taken) {
  for (auto line = of.lines.begin(); line != of.lines.end(); ++line) {
    const auto at = std::ranges::find(line->jobs, kind, &Waiting::kind);
    if (at == line->jobs.end()) continue;
    taken.push_back(std::move(*at));
    line->jobs.erase(at);
    if (line->jobs.empty())
      of.lines.erase(line);
    else
      of.lines.splice(of.lines.end(), of.lines, line);
    return;
  }
}

std::vector<FairQueue::Waiting> FairQueue::take(std::size_t most) {
  const TailKind kind = front().kind;
  std::vector<Waiting> taken;
  for (bool found = true; found && taken.size() < most;) {
    found = false;
    std::list<PeerLine> served;
    for (auto of = lines_.begin(); of != lines_.end() && taken.size() < most;) {
      const std::size_t before = taken.size();
      take_one(*of, kind, taken);
      const auto next = std::next(of);
      if (taken.size() > before) {
        found = true;
        if (of->lines.empty())
          lines_.erase(of);
        else
          served.splice(served.end(), lines_, of);
      }
      of = next;
    }
    lines_.splice(lines_.end(), served);
  }
  size_ -= taken.size();
  return taken;
}

std::vector<FairQueue::Waiting> FairQueue::take_if(const std::function<bool(const TailJob&)>& so) {
  std::vector<Waiting> taken;
  for (PeerLine& of : lines_) {
    for (Line& line : of.lines) {
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
    of.lines.remove_if([](const Line& line) { return line.jobs.empty(); });
  }
  lines_.remove_if([](const PeerLine& of) { return of.lines.empty(); });
  size_ -= taken.size();
  return taken;
}

std::optional<FairQueue::Waiting> FairQueue::make_room_for(const void* peer) {
  const auto longest = std::ranges::max_element(lines_, {}, &PeerLine::size);
  const auto own = std::ranges::find(lines_, peer, &PeerLine::peer);
  if (own != lines_.end() && own->size() >= longest->size()) return std::nullopt;
  return take_newest();
}

FairQueue::Waiting FairQueue::take_newest() {
  const auto longest = std::ranges::max_element(lines_, {}, &PeerLine::size);
  const auto line = std::ranges::max_element(longest->lines, {}, &Line::size);
  Waiting taken = std::move(line->jobs.back());
  line->jobs.pop_back();
  if (line->jobs.empty()) longest->lines.erase(line);
  if (longest->lines.empty()) lines_.erase(longest);
  --size_;
  return taken;
}

std::size_t FairQueue::before(const TailJob::From& from) const {
  const auto of = std::ranges::find(lines_, from.peer, &PeerLine::peer);
  if (of == lines_.end()) return ahead(lines_, of, 0);
  const auto line = std::ranges::find(of->lines, from.edge, &Line::edge);
  const std::size_t of_line = line == of->lines.end() ? 0 : line->size();
  return ahead(lines_, of, ahead(of->lines, line, of_line));
}

}  // namespace tideline::cloud
