#include "runtime/link/tcp_link.h"

#include "runtime/link/reconnector.h"
#include "runtime/wire/message.h"

#include <utility>

namespace tideline::link {
namespace {

// Abandons its exchange when destroyed.
template <typename Reconnector>
class TcpPending final : public Pending {
 public:
  TcpPending(std::shared_ptr<Exchange> exchange, std::shared_ptr<Reconnector> reconnector)
      : exchange_(std::move(exchange)), reconnector_(std::move(reconnector)) {}
  ~TcpPending() override {
    if (!answered_) reconnector_->abandon(exchange_->id);
  }

  std::optional<Result<wire::TailAnswer>> wait(TimePoint until) override {
    std::optional<Result<wire::TailAnswer>> answer = exchange_->answer.take(until);
    if (answer) answered_ = true;
    return answer;
  }

 private:
  const std::shared_ptr<Exchange> exchange_;
  const std::shared_ptr<Reconnector> reconnector_;
  bool answered_ = false;
};

// Returns invalid for a request that cannot be sent.
Result<void> check(const wire::TailRequest& request, const wire::Limits& limits) {
  if (!wire::is_digest(request.plan.model)) {
    return error(ErrorKind::invalid, "'{}' is not the digest of a model", request.plan.model);
  }
  std::uint64_t size = 0;
  for (const Tensor& tensor : request.wire) size += tensor.bytes().size();
  if (size > limits.payload.count) {
    return error(ErrorKind::invalid, "the tensors of cut {} take {}; one frame may hold {}", request.plan.cut,
                 to_string(Bytes{size}), to_string(limits.payload));
  }
  return {};
}

}  // namespace

TcpLink::TcpLink(Options options, LinkListener* listener, Log log)
    : reconnector_(std::make_shared<Reconnector>(std::move(options), listener, std::move(log))) {
  reconnector_->open();
}

TcpLink::~TcpLink() {
  reconnector_->close();
}

std::unique_ptr<Pending> TcpLink::send(wire::TailRequest request) {
  const Result<void> sound = check(request, reconnector_->limits());
  auto exchange = sound ? reconnector_->submit(std::move(request)) : std::make_shared<Exchange>();
  if (!sound) exchange->fail(sound.error());
  return std::make_unique<TcpPending<Reconnector>>(std::move(exchange), reconnector_);
}

void TcpLink::probe(Bytes payload) {
  reconnector_->probe(payload);
}

Result<wire::LoadAnswer> TcpLink::impose(const wire::CloudLoad& asked, TimePoint deadline) {
  const std::shared_ptr<Exchange> exchange = reconnector_->submit(asked);
  std::optional<Result<wire::LoadAnswer>> load = exchange->load.take(deadline);
  if (load) return std::move(*load);
  reconnector_->abandon(exchange->id);
  return error(ErrorKind::unavailable, "the cloud at {} did not load its machine in time", state().peer);
}

void TcpLink::limit(std::optional<BitsPerSecond> rate) {
  reconnector_->limit(rate);
}

void TcpLink::delay(Duration added) {
  reconnector_->delay(added);
}

LinkState TcpLink::state() const {
  return reconnector_->status().state();
}

bool TcpLink::is_up() const {
  return static_cast<bool>(reconnector_->status().check());
}

std::optional<std::uint64_t> TcpLink::serving(const std::string& model, std::optional<Precision> precision) const {
  return reconnector_->status().serving(model, precision);
}

bool TcpLink::is_on(const wire::ConnectionMark& mark) const {
  return reconnector_->status().is_on(mark);
}

Result<void> TcpLink::wait_up(TimePoint deadline) const {
  return reconnector_->status().wait_up(deadline);
}

}  // namespace tideline::link
