#include "runtime/model/graph/wanted.h"

#include <stdexcept>

namespace tideline {
namespace {

thread_local const WhileWanted* t_asked = nullptr;  // Null: every run is wanted.

}  // namespace

WhileWanted::WhileWanted(const std::function<bool()>& wanted) : wanted_(wanted), outer_(t_asked) {
  t_asked = this;
}

WhileWanted::~WhileWanted() {
  t_asked = outer_;
}

void end_if_unwanted() {
  if (!t_asked || t_asked->wanted_()) return;
  t_asked->ended_ = true;
  throw std::runtime_error("nobody waits for this run any more");
}

}  // namespace tideline
