#include "runtime/wire/turnstile.h"

#include <asio/post.hpp>

namespace tideline::wire {

Task<> Turnstile::pass() {
  if (!passed_) {
    begin_round();
    co_return;
  }
  const auto turn = std::make_shared<asio::steady_timer>(executor_, TimePoint::max());
  waiting_.push_back(turn);
  asio::error_code ignored;
  co_await turn->async_wait(into(ignored));
}

void Turnstile::begin_round() {
  passed_ = true;
  asio::post(executor_, [self = shared_from_this()] { self->end_round(); });
}

// A connection that gave up waiting has destroyed its timer, and takes no turn.
void Turnstile::end_round() {
  passed_ = false;
  while (!waiting_.empty()) {
    const std::shared_ptr<asio::steady_timer> next = waiting_.front().lock();
    waiting_.pop_front();
    if (!next) continue;
    begin_round();
    next->cancel();
    return;
  }
}

}  // namespace tideline::wire
