#include "runtime/http/waiting_requests.h"

#include "runtime/base/refusal_reasons.h"
#include "runtime/base/units.h"

#include <algorithm>

namespace tideline::http {
namespace {

Refusal out_of_time(bool too_old, Duration waited) {
  if (!too_old)
    return {refusal::kTooLate, error(ErrorKind::overloaded,
                                     "no plan answers in time after {} in the queue; retry later", to_string(waited))};
  return {refusal::kTooOld,
          error(ErrorKind::overloaded, "the request waited for {}, longer than http.queue_time; retry later",
                to_string(waited))};
}

}  // namespace

std::uint64_t WaitingRequests::add(const Rank& rank, Request request, TimePoint now) {
  Refused refused;
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(m_);
    ticket = ++last_ticket_;
    const TimePoint until = std::min(rank.begin_by, now + options_.longest);
    const auto at = waiting_.emplace(std::pair(rank.priority, ticket), Waiting{now, until, std::move(request)}).first;
    tickets_.emplace(ticket, at);
    ends_.emplace(until, ticket);
    if (waiting_.size() > options_.most + free_) take_late(now, refused);
    if (waiting_.size() > options_.most + free_) take_excess(rank.priority, refused);
  }
  arrived_.notify_one();
  refuse(refused);
  return ticket;
}

std::function<void()> WaitingRequests::next() {
  for (;;) {
    Refused refused;
    std::function<void()> begin;
    {
      std::unique_lock lock(m_);
      ++free_;
      arrived_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
      --free_;
      const TimePoint now = Clock::now();
      take_late(now, refused);
      if (!waiting_.empty()) {
        Waiting first = take(waiting_.begin());
        last_wait_ = now - first.since;
        begin = std::move(first.request.begin);
      } else if (closed_ && refused.empty()) {
        return {};
      }
    }
    refuse(refused);
    if (begin) return begin;
  }
}

void WaitingRequests::close() {
  {
    const std::lock_guard lock(m_);
    closed_ = true;
  }
  arrived_.notify_all();
}

bool WaitingRequests::withdraw(std::uint64_t ticket) {
  Waiting withdrawn;  // Ends after the lock.
  const std::lock_guard lock(m_);
  const auto at = tickets_.find(ticket);
  if (at == tickets_.end()) return false;
  withdrawn = take(at->second);
  return true;
}

TimePoint WaitingRequests::refuse_late(TimePoint now) {
  Refused refused;
  TimePoint next = TimePoint::max();
  {
    const std::lock_guard lock(m_);
    take_late(now, refused);
    if (!ends_.empty()) next = ends_.begin()->first;
  }
  refuse(refused);
  return next;
}

std::size_t WaitingRequests::count() const {
  const std::lock_guard lock(m_);
  return waiting_.size();
}

WaitingRequests::Waiting WaitingRequests::take(Queue::iterator at) {
  Waiting taken = std::move(at->second);
  const std::uint64_t ticket = at->first.second;
  tickets_.erase(ticket);
  ends_.erase({taken.until, ticket});
  waiting_.erase(at);
  return taken;
}

void WaitingRequests::take_late(TimePoint now, Refused& refused) {
  while (!ends_.empty() && ends_.begin()->first < now) {
    Waiting late = take(tickets_.at(ends_.begin()->second));
    refused.emplace_back(std::move(late.request), out_of_time(now > late.since + options_.longest, now - late.since));
  }
}

void WaitingRequests::take_excess(Priority added, Refused& refused) {
  const Priority lowest = waiting_.rbegin()->first.first;
  refused.emplace_back(take(waiting_.lower_bound({lowest, 0})).request, too_many(lowest > added));
}

Refusal WaitingRequests::too_many(bool displaced) const {
  Error why = error(ErrorKind::overloaded, "{} requests are waiting, and {}; retry later", options_.most,
                    displaced ? "one of a higher priority came" : "newer ones come")
                  .after(last_wait_);
  return {displaced ? refusal::kDisplaced : refusal::kQueueFull, std::move(why)};
}

void WaitingRequests::refuse(const Refused& refused) {
  for (const auto& [request, why] : refused) request.refuse(why);
}

}  // namespace tideline::http
