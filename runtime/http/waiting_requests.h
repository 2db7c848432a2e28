// WaitingRequests: the requests that wait for a worker: not too many, none for too long, the most urgent first.
//
//   WaitingRequests waiting({.most = 64, .longest = std::chrono::seconds(30)});
//   const auto ticket = waiting.add({.priority = 1}, {.begin = serve, .refuse = answer}, Clock::now());
//   while (const auto begin = waiting.next()) begin();  // A worker, until close().
//   waiting.withdraw(ticket);                           // The client has left.
//
// A worker takes the request of the highest priority, and of those the oldest. If there is no room for another one, one
// is refused: first those that can no longer be in time; then the oldest of the lowest priority, the new one included.
// So the answers that are given are those that are still of use. Thread-safe. A request begins, is refused, or is
// withdrawn; its functions are called without a lock.
#pragma once

#include "runtime/base/priority.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline::http {

// Why a request is refused, and by which of refusal_reasons.h it is counted.
struct Refusal {
  std::string_view reason;
  Error why;
};

// How urgent a request is.
struct Rank {
  Priority priority = kUsualPriority;
  TimePoint begin_by = TimePoint::max();  // The latest that can be in time.
};

class WaitingRequests {
 public:
  struct Options {
    std::size_t most = 64;
    Duration longest = std::chrono::seconds(30);
  };
  struct Request {
    std::function<void()> begin;
    std::function<void(const Refusal&)> refuse;
  };

  explicit WaitingRequests(const Options& options) : options_(options) {}
  WaitingRequests(const WaitingRequests&) = delete;
  WaitingRequests& operator=(const WaitingRequests&) = delete;

  // Returns a ticket for withdraw() and refuse_late().
  std::uint64_t add(const Rank& rank, Request request, TimePoint now);

  // Waits for a request whose turn it is. Returns how it begins; after close(), once none waits, nothing.
  std::function<void()> next();
  void close();  // No more are added.

  // Removes a request. Returns false iff it has begun or was refused.
  bool withdraw(std::uint64_t ticket);

  // Refuses those that have waited for too long, or can no longer be in time. Returns when to look again, at the
  // latest.
  TimePoint refuse_late(TimePoint now);

  std::size_t count() const;

 private:
  struct Waiting {
    TimePoint since;
    TimePoint until;
    Request request;
  };
  // By priority and ticket: those of older requests are smaller.
  using Queue = std::map<std::pair<Priority, std::uint64_t>, Waiting>;
  using Refused = std::vector<std::pair<Request, Refusal>>;

  // REQUIRES of these: m_ is held.
  Waiting take(Queue::iterator at);
  void take_late(TimePoint now, Refused& refused);
  void take_excess(Priority added, Refused& refused);
  Refusal too_many(bool displaced) const;
  static void refuse(const Refused& refused);

  const Options options_;
  mutable std::mutex m_;
  std::condition_variable arrived_;
  Queue waiting_;  // In the order of their turns; guarded by m_, like all members below.
  std::map<std::uint64_t, Queue::iterator> tickets_;
  std::set<std::pair<TimePoint, std::uint64_t>> ends_;  // Until when each waits, with its ticket.
  std::size_t free_ = 0;                                // Workers that wait for a request.
  std::uint64_t last_ticket_ = 0;
  Duration last_wait_{};  // Of the last request that began.
  bool closed_ = false;
};

}  // namespace tideline::http
