// TailRunner: the interface that runs tails, one alone or several of a kind as a batch. Thread-safe.
#pragma once

#include "runtime/cloud/tail_job.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline::cloud {

// TailKind: the common properties of requests that can run as one batch.
struct TailKind {
  plan::Plan plan;
  std::int64_t rows = 1;  // The batch of each request.
  std::size_t most = 1;   // How many requests the model takes at once.
  bool apart = false;     // It runs alone, whatever the model takes.

  bool operator==(const TailKind& other) const {
    return plan == other.plan && rows == other.rows && apart == other.apart;
  }
};

class TailRunner {
 public:
  virtual ~TailRunner() = default;

  // REQUIRES, here and below: this cloud holds the requests' models and cuts, and their tensors have the announced
  // sizes.
  virtual TailKind kind_of(const wire::RunMessage& asked) const = 0;

  // Runs the requests as one batch. REQUIRES: at least one, all of one kind, and no more than it takes.
  virtual Result<TailOutcome> run(std::span<const RequestedTail> requests) const = 0;

  // Returns no error if requests of that kind may run as one batch: if each then gets the same result as alone, except
  // for rounding. Otherwise the error is the reason. Slow: runs several.
  virtual Result<void> try_together(const TailKind& kind) const = 0;
};

}  // namespace tideline::cloud
