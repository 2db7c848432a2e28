// PendingTail: a tail that the cloud was asked for, until its answer is there.
//
// Dropping it tells the link that nobody waits any more. Belongs to one thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace tideline {

class PendingTail {
 public:
  // `until`: how long the cloud has to answer at most.
  PendingTail(std::unique_ptr<Pending> pending, TimePoint sent, TimePoint until)
      : pending_(std::move(pending)), sent_(sent), until_(until) {}

  TimePoint sent() const { return sent_; }
  TimePoint until() const { return until_; }

  // Returns true as soon as there is an answer or an error, false at `end`. With an `end` that is over it only looks.
  bool wait(TimePoint end) {
    if (!answer_) answer_ = pending_->wait(end);
    return answer_.has_value();
  }

  bool succeeded() const { return answer_ && *answer_; }

  // What stood in the way of an answer so far. REQUIRES: not succeeded().
  Error why() const {
    if (answer_) return answer_->error();
    return error(ErrorKind::unavailable, "the cloud did not answer within {}", to_string(until_ - sent_));
  }

  // REQUIRES: succeeded().
  TailAnswer take() { return **std::move(answer_); }

 private:
  std::unique_ptr<Pending> pending_;
  TimePoint sent_;
  TimePoint until_;
  std::optional<Result<TailAnswer>> answer_;
};

}  // namespace tideline
