// PendingTail: a tail that was sent to the cloud, until its answer is here.
//
// Destroying it abandons the request. Belongs to one thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/link/link.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace tideline::engine {

class PendingTail {
 public:
  // `until`: the latest time at which the cloud may answer.
  PendingTail(std::unique_ptr<link::Pending> pending, TimePoint sent, TimePoint until)
      : pending_(std::move(pending)), sent_(sent), until_(until) {}

  TimePoint sent() const { return sent_; }
  TimePoint until() const { return until_; }

  // Returns true as soon as there is an answer or an error, false at `end`. If `end` has passed, it does not wait.
  bool wait(TimePoint end) {
    if (!answer_) answer_ = pending_->wait(end);
    return answer_.has_value();
  }

  bool succeeded() const { return answer_ && *answer_; }

  // Returns true iff it was a difference, and the cloud lacks its reference.
  bool lacks_reference() const { return answer_ && !*answer_ && answer_->error().kind == ErrorKind::no_reference; }

  // Returns why there is no answer so far. REQUIRES: not succeeded().
  Error why() const {
    if (answer_) return answer_->error();
    return error(ErrorKind::unavailable, "the cloud did not answer within {}", to_string(until_ - sent_));
  }

  // REQUIRES: succeeded().
  wire::TailAnswer take() { return **std::move(answer_); }

 private:
  std::unique_ptr<link::Pending> pending_;
  TimePoint sent_;
  TimePoint until_;
  std::optional<Result<wire::TailAnswer>> answer_;
};

}  // namespace tideline::engine
