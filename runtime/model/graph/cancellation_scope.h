// CancellationScope: lets a run end early, between two layers, when its result is no longer needed.
//
// Belongs to the thread that made it, and affects only runs on that thread.
#pragma once

#include <functional>

namespace tideline::graph {

class CancellationScope {
 public:
  // During its life, runs on this thread call `wanted`, and end with an exception once it returns false.
  explicit CancellationScope(const std::function<bool()>& wanted);
  CancellationScope(const CancellationScope&) = delete;
  CancellationScope& operator=(const CancellationScope&) = delete;
  ~CancellationScope();

  // Returns true iff a run was cancelled: libtorch's interpreter passes an exception on only as a string.
  bool ended() const { return ended_; }

 private:
  friend void end_if_unwanted();

  const std::function<bool()>& wanted_;
  const CancellationScope* const outer_;
  mutable bool ended_ = false;
};

// Throws if the run on this thread was cancelled. Layers call it before they begin.
void end_if_unwanted();

}  // namespace tideline::graph
