#include "runtime/net/visit.h"

#include <asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <utility>

namespace tideline {
namespace {

constexpr Duration kShortestLook = std::chrono::milliseconds(5);
constexpr Duration kParting = std::chrono::seconds(1);
constexpr Duration kBreath = std::chrono::milliseconds(5);

}  // namespace

Visit::Visit(Socket socket, House& house)
    : house_(house),
      edge_(remote_name(socket)),
      socket_(std::move(socket)),
      reader_(socket_, house.options.limits, house.tally.received),
      outbox_(socket_),
      began_(Clock::now()) {}

Task<> Visit::serve() {
  using namespace asio::experimental::awaitable_operators;
  tune(socket_);
  const auto on_throw = [this](std::string what) { house_.log->error("edge {}: {}", edge_, what); };
  co_await (guarded(listen(), on_throw) || guarded(write(), on_throw) || guarded(watch(), on_throw));
  gone_ = true;
  close();
  if (loads_) house_.errands.submit([stressor = house_.options.stressor] { (void)stressor->impose({}); });
}

Task<> Visit::turn_away(Error why) {
  using namespace asio::experimental::awaitable_operators;
  co_await (part(std::move(why)) || write() || sleep_for(kParting));
  close();
}

void Visit::close() {
  asio::error_code ignored;
  socket_.close(ignored);
}

void Visit::say_goodbye(const std::string& reason) {
  if (greeted_) {
    outbox_.push(plain_frame(FrameType::goodbye, 0, encode(Goodbye{reason})));
  } else {
    close();
  }
}

Task<> Visit::listen() {
  Result<void> fine = co_await greet();
  while (fine) {
    // An edge that does not read its answers is not read either, or they would pile up here.
    while (outbox_.waiting() > 2 * std::size_t{house_.options.limits.in_flight}) co_await sleep_for(kBreath);
    Result<ReceivedFrame> frame = co_await reader_.next();
    if (frame) {  // Not with ?: around a co_await, which g++ 12 compiles to something else.
      fine = co_await take(std::move(*frame));
    } else {
      fine = frame.error();
    }
  }
  if (fine.error().kind != ErrorKind::corrupt) {
    house_.log->info("edge {}: {}", edge_, fine.error().message);
    co_return;
  }
  blame(fine.error().message);
  co_await part(fine.error());
}

Task<> Visit::write() {
  const Error broken = co_await outbox_.run();
  house_.log->info("edge {}: {}", edge_, broken.message);
}

// Looks eight times per limit; a timer per frame would cost every good edge for the sake of a bad one.
Task<> Visit::watch() {
  const Duration limit = house_.options.limits.slow_frame;
  const auto passed = [limit](std::optional<TimePoint> since) { return since && Clock::now() - *since > limit; };
  for (;;) {
    co_await sleep_for(std::max(kShortestLook, limit / 8));
    if (gone_) continue;  // It is being told already.
    std::string fault;
    if (!greeted_ && passed(began_)) fault = "the greeting did not come in time";
    if (passed(reader_.frame_since())) fault = "a frame did not end in time";
    if (passed(outbox_.frame_since())) fault = "the answers are not read";
    if (fault.empty()) continue;
    blame(fault);
    co_return co_await tell(error(ErrorKind::corrupt, "{}", fault));
  }
}

void Visit::blame(const std::string& what) {
  ++house_.tally.violations;
  house_.log->warn("edge {}: hung up on it: {}", edge_, what);
}

Task<> Visit::tell(Error why) {
  using namespace asio::experimental::awaitable_operators;
  gone_ = true;
  outbox_.push(plain_frame(FrameType::refusal, 0, encode(Refusal{std::move(why)})));
  co_await (outbox_.flushed() || sleep_for(kParting));
}

// Closing a socket with unread bytes would take the refusal back out of the edge's hands: read until it hangs up.
Task<> Visit::part(Error why) {
  using namespace asio::experimental::awaitable_operators;
  co_await tell(std::move(why));
  asio::error_code problem;
  socket_.shutdown(Socket::shutdown_send, problem);
  const TimePoint until = Clock::now() + kParting;
  std::vector<std::byte> waste(4096);
  while (!problem && Clock::now() < until) {
    const auto drop = [&]() -> Task<> { co_await socket_.async_read_some(asio::buffer(waste), into(problem)); };
    co_await (drop() || sleep_for(kParting));
  }
}

Task<Result<void>> Visit::greet() {
  const Result<ReceivedFrame> frame = co_await reader_.next();
  if (!frame) co_return frame.error();
  if (frame->header.type != FrameType::hello || frame->header.payload_size != 0) {
    co_return error(ErrorKind::corrupt, "an edge has to begin with a hello");
  }
  const Result<Hello> hello = decode_hello(frame->head);
  if (!hello) co_return hello.error();
  greeted_ = true;
  house_.log->info("edge {}: {} is here", edge_, hello->edge);
  const Welcome welcome{house_.tails.names(), house_.options.machine, house_.options.precision};
  outbox_.push(plain_frame(FrameType::welcome, 0, encode(welcome)));
  co_return Result<void>();
}

}  // namespace tideline
