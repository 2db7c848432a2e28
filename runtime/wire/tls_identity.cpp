#include "runtime/wire/tls_identity.h"

#include "runtime/base/time.h"

#include <mutex>
#include <utility>

namespace tideline::wire {
namespace {

constexpr Duration kRest = std::chrono::seconds(1);  // Unidentified peers must not cause constant reading of files.

}  // namespace

struct TlsIdentity::State {
  explicit State(std::shared_ptr<const TlsContext> first) : context(std::move(first)), end(expiry(*context)) {}

  std::shared_ptr<const TlsContext> current() {
    const std::lock_guard lock(m);
    return context;
  }
  // Replaces the context if it is still `before`; null: in any case.
  void replace(std::shared_ptr<const TlsContext> next, const TlsContext* before) {
    const auto its_end = expiry(*next);
    const std::lock_guard lock(m);
    if (before && context.get() != before) return;
    std::swap(context, next);  // The old one is destroyed after the lock's end.
    end = its_end;
    fault.clear();
  }
  void note(std::string why) {
    const std::lock_guard lock(m);
    fault = std::move(why);
  }
  // Returns true iff the files may be read again now.
  bool may_read(TimePoint now) {
    const std::lock_guard lock(m);
    if (now - read_at < kRest) return false;
    read_at = now;
    return true;
  }

  std::mutex m;
  std::shared_ptr<const TlsContext> context;  // All below are guarded by m.
  std::optional<Expiry> end;                  // Of the context.
  std::string fault;
  TimePoint read_at{};
};

TlsIdentity::TlsIdentity(std::shared_ptr<const TlsContext> first)
    : state_(first ? std::make_shared<State>(std::move(first)) : nullptr) {}

std::shared_ptr<const TlsContext> TlsIdentity::context() const {
  return state_ ? state_->current() : nullptr;
}

std::optional<TlsIdentity::Status> TlsIdentity::status() const {
  if (!state_) return std::nullopt;
  const std::lock_guard lock(state_->m);
  return Status{state_->context->files(), state_->end, state_->fault};
}

Result<std::shared_ptr<const TlsContext>> TlsIdentity::read(const TlsContext::Files& files) const {
  const auto now = state_->current();
  auto next = TlsContext::load(now->role(), files, TlsContext::Dates::whenever);
  // Of two that are not valid now neither is worse: perhaps only the clock of this machine is wrong.
  if (next && now->check_dates())
    if (const auto valid = (*next)->check_dates(); !valid) next = valid.error();
  state_->note(next ? "" : next.error().message);
  return next;
}

void TlsIdentity::take(std::shared_ptr<const TlsContext> next) const {
  state_->replace(std::move(next), nullptr);
}

Result<void> TlsIdentity::renew() const {
  if (!state_) return {};
  const auto now = state_->current();
  const Result<void> valid = now->check_dates();
  if (valid) return {};
  const Error not_now = error(ErrorKind::unavailable, "{}", valid.error().message);
  if (!state_->may_read(Clock::now())) return not_now;
  auto next = TlsContext::load(now->role(), now->files());
  if (!next) {
    state_->note(next.error().message);
    return error(ErrorKind::unavailable, "{}", next.error().message);
  }
  state_->replace(*std::move(next), now.get());
  return {};
}

}  // namespace tideline::wire
