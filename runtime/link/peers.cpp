#include "runtime/link/peers.h"

#include "runtime/link/load_balancer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tideline::link {
namespace {

bool may_be_repeated(const Error& error) {
  return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::overloaded;
}

// A request at one peer, and after one retry at another.
class PendingAtPeers final : public Pending {
 public:
  using Sent = LoadBalancer::Sent;

  PendingAtPeers(std::shared_ptr<LoadBalancer> balancer, Sent sent, std::optional<wire::TailRequest> kept)
      : balancer_(std::move(balancer)), sent_(std::move(sent)), kept_(std::move(kept)) {}
  ~PendingAtPeers() override {
    if (sent_) balancer_->abandoned(sent_->ticket);
  }

  std::optional<Result<wire::TailAnswer>> wait(TimePoint until) override {
    while (sent_) {
      std::optional<Result<wire::TailAnswer>> answer = sent_->pending->wait(until);
      if (!answer) return std::nullopt;
      const Sent at = *std::exchange(sent_, std::nullopt);
      if (*answer) {
        balancer_->answered(at.ticket, **answer);
        return answer;
      }
      balancer_->failed(at.ticket, answer->error());
      auto kept = std::exchange(kept_, std::nullopt);
      if (kept && may_be_repeated(answer->error())) sent_ = balancer_->resend(*std::move(kept), at.ticket);
      if (!sent_) return answer;
    }
    return std::nullopt;
  }

 private:
  const std::shared_ptr<LoadBalancer> balancer_;
  std::optional<Sent> sent_;               // Nothing once answered.
  std::optional<wire::TailRequest> kept_;  // For the retry.
};

class Refused final : public Pending {
 public:
  explicit Refused(Error why) : why_(std::move(why)) {}
  std::optional<Result<wire::TailAnswer>> wait(TimePoint) override {
    if (std::exchange(answered_, true)) return std::nullopt;
    return why_;
  }

 private:
  const Error why_;
  bool answered_ = false;
};

}  // namespace

Peers::Peers(Options options, LinkListener* listener, Log log)
    : balancer_(std::make_shared<LoadBalancer>(std::move(options), listener, std::move(log))) {
  balancer_->open();
}

Peers::~Peers() {
  balancer_->close();
}

void Peers::expect(std::map<std::string, Precision> precisions) {
  balancer_->expect(std::move(precisions));
}

std::unique_ptr<Pending> Peers::send(wire::TailRequest request) {
  // Tensors share their memory: the kept request is no second copy of them.
  std::optional<wire::TailRequest> kept;
  if (balancer_->has_others()) kept = request;
  auto sent = balancer_->send(std::move(request));
  if (!sent) return std::make_unique<Refused>(sent.error());
  return std::make_unique<PendingAtPeers>(balancer_, *std::move(sent), std::move(kept));
}

void Peers::probe(Bytes payload) {
  balancer_->probe(payload);
}

Result<wire::LoadAnswer> Peers::impose(const wire::CloudLoad&, TimePoint) {
  return error(ErrorKind::invalid, "a measurement loads one cloud, and there are several; give one --peer");
}

void Peers::delay(Duration added) {
  balancer_->delay(added);
}

void Peers::limit(std::optional<BitsPerSecond> rate) {
  balancer_->limit(rate);
}

LinkState Peers::state() const {
  std::vector<PeerState> all = balancer_->peers();
  if (all.size() == 1) return std::move(all.front().link);
  LinkState sum;
  for (PeerState& peer : all) {
    LinkState& one = peer.link;
    sum.peer += (sum.peer.empty() ? "" : ", ") + one.peer;
    sum.connects += one.connects;
    sum.violations += one.violations;
    if (!one.up) sum.why += (sum.why.empty() ? "" : "; ") + one.peer + ": " + one.why;
    if (!one.up) continue;
    if (!sum.up) sum.precision = one.precision;
    if (!sum.up) sum.machine = std::move(one.machine);
    sum.slots = sum.up ? sum.slots + one.slots : one.slots;
    sum.up = true;
    sum.models.merge(std::move(one.models));
  }
  if (sum.up) sum.why.clear();
  return sum;
}

std::vector<PeerState> Peers::peers() const {
  return balancer_->peers();
}

}  // namespace tideline::link
