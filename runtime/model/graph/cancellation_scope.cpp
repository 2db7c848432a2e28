#include "runtime/model/graph/cancellation_scope.h"

#include <stdexcept>

namespace tideline::graph {
namespace {

thread_local const CancellationScope* t_asked = nullptr;  // Null: no run is cancelled.

}  // namespace

CancellationScope::CancellationScope(const std::function<bool()>& wanted) : wanted_(wanted), outer_(t_asked) {
  t_asked = this;
}

CancellationScope::~CancellationScope() {
  t_asked = outer_;
}

void end_if_unwanted() {
  if (!t_asked || t_asked->wanted_()) return;
  t_asked->ended_ = true;
  throw std::runtime_error("run cancelled");
}

}  // namespace tideline::graph
