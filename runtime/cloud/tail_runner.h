// TailRunner: what runs tails, one alone or several alike as one batch. Thread-safe.
#pragma once

#include "runtime/cloud/tail_job.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline {

// What requests have in common that can run as one batch.
struct TailKind {
  Plan plan;
  std::int64_t rows = 1;  // The batch that each request is of.
  std::size_t most = 1;   // How many of them the model takes at once.
  bool apart = false;     // It goes alone, whatever the model takes.

  bool operator==(const TailKind& other) const {
    return plan == other.plan && rows == other.rows && apart == other.apart;
  }
};

class TailRunner {
 public:
  virtual ~TailRunner() = default;

  // REQUIRES here and below: the requests are for models and cuts that are held here, and came as they were announced.
  virtual TailKind kind_of(const RunMessage& asked) const = 0;

  // Runs the requests as one batch. REQUIRES: they are of one kind, one or more, and no more than it takes.
  virtual Result<TailOutcome> run(std::span<const RequestedTail> requests) const = 0;

  // Returns nothing when requests of that kind may run as one batch: when this gives each what it gets alone, but for
  // rounding. Else an error that says why not. Slow: runs several.
  virtual Result<void> try_together(const TailKind& kind) const = 0;
};

}  // namespace tideline
