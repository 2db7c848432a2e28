#include "runtime/link/outstanding_requests.h"

#include <algorithm>
#include <utility>

namespace tideline::link {

void OutstandingRequests::submit(const std::shared_ptr<Exchange>& exchange) {
  exchanges_.emplace(exchange->id, exchange);
  if (auto* tail = std::get_if<wire::TailRequest>(&exchange->request)) return submit_tail(exchange, *tail);
  const auto& load = std::get<wire::CloudLoad>(exchange->request);
  channel_.push(plain_frame(wire::FrameType::impose, exchange->id, encode(load)));
}

void OutstandingRequests::submit_tail(const std::shared_ptr<Exchange>& exchange, wire::TailRequest& request) {
  wire::OutgoingFrame frame{wire::FrameType::run, exchange->id, {}, std::move(request.wire)};
  wire::RunMessage message{request.plan, {}, request.batch, {}, request.place, request.priority, request.trace};
  for (const Tensor& tensor : frame.payload) message.sizes.push_back(tensor.bytes().size());
  for (const std::uint64_t size : message.sizes) exchange->payload.count += size;
  frame.meta = [this, message, deadline = request.deadline, id = exchange->id](TimePoint now) {
    return meta_of(id, message, deadline, now);
  };
  channel_.push(std::move(frame));
}

// The metadata of a tail that leaves now; nothing, and its request has failed, if it is too late for that.
std::optional<wire::FrameMeta> OutstandingRequests::meta_of(std::uint64_t id, wire::RunMessage message,
                                                            TimePoint deadline, TimePoint now) {
  if (deadline <= now) {
    const Result<std::shared_ptr<Exchange>> late = settle(id, wire::FrameType::refusal);
    if (late) (*late)->fail(error(ErrorKind::overloaded, "deadline passed before the request could be sent"));
    return std::nullopt;
  }
  message.budget = deadline - now;
  if (const auto at = exchanges_.find(id); at != exchanges_.end()) at->second->sent = now;
  return encode(message);
}

void OutstandingRequests::abandon(std::uint64_t id) {
  const auto at = exchanges_.find(id);
  if (at == exchanges_.end()) return;
  at->second->abandoned = true;
  if (channel_.withdraw(id)) exchanges_.erase(at);
}

Result<std::shared_ptr<Exchange>> OutstandingRequests::find(std::uint64_t id) const {
  const auto at = exchanges_.find(id);
  if (at == exchanges_.end())
    return error(ErrorKind::corrupt, "the cloud answered request {}, which is not outstanding", id);
  return at->second;
}

Result<std::shared_ptr<Exchange>> OutstandingRequests::settle(std::uint64_t id, wire::FrameType answer) {
  Result<std::shared_ptr<Exchange>> exchange = find(id);
  if (!exchange) return exchange;
  const bool asked_for_tail = std::holds_alternative<wire::TailRequest>((*exchange)->request);
  if (answer != wire::FrameType::refusal && (answer == wire::FrameType::answer) != asked_for_tail) {
    return error(ErrorKind::corrupt, "the cloud answered request {} with a frame of another kind", id);
  }
  ++settled_;
  exchanges_.erase(id);
  return exchange;
}

void OutstandingRequests::fail_queued(const Error& why) {
  std::erase_if(exchanges_, [&](const auto& outstanding) {
    const auto& [id, exchange] = outstanding;
    if (!channel_.withdraw(id)) return false;
    exchange->fail(why);
    return true;
  });
}

void OutstandingRequests::fail_sent_tails(const Error& why) const {
  for (const auto& [id, exchange] : exchanges_) {
    if (!std::holds_alternative<wire::TailRequest>(exchange->request) || !exchange->sent) continue;
    exchange->fail(why);
    exchange->abandoned = true;
  }
}

void OutstandingRequests::fail_all(const Error& why) const {
  for (const auto& [id, exchange] : exchanges_) exchange->fail(why);
}

bool OutstandingRequests::has_overdue_tail(TimePoint now) const {
  return std::ranges::any_of(exchanges_, [now](const auto& outstanding) {
    const auto* const tail = std::get_if<wire::TailRequest>(&outstanding.second->request);
    return tail && outstanding.second->sent && tail->deadline <= now;
  });
}

const wire::TailRequest* OutstandingRequests::first_tail() const {
  for (const auto& [id, exchange] : exchanges_)
    if (const auto* const tail = std::get_if<wire::TailRequest>(&exchange->request)) return tail;
  return nullptr;
}

}  // namespace tideline::link
