// CancellationScope: lets a run end early, between two layers, when nobody waits for its result any more.
//
// Belongs to the thread that made it, and runs on that thread alone ask it.
#pragma once

#include <functional>

namespace tideline {

class CancellationScope {
 public:
  // While it lives, runs on this thread ask `wanted`, and end by an exception once it has said no.
  explicit CancellationScope(const std::function<bool()>& wanted);
  CancellationScope(const CancellationScope&) = delete;
  CancellationScope& operator=(const CancellationScope&) = delete;
  ~CancellationScope();

  // Returns true iff a run was ended: libtorch's interpreter passes on what was thrown in it as a string.
  bool ended() const { return ended_; }

 private:
  friend void end_if_unwanted();

  const std::function<bool()>& wanted_;
  const CancellationScope* const outer_;
  mutable bool ended_ = false;
};

// Throws when whoever runs on this thread does not want the result any more. Layers call it before they begin.
void end_if_unwanted();

}  // namespace tideline
