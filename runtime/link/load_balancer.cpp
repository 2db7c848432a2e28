#include "runtime/link/load_balancer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace tideline::link {

LoadBalancer::LoadBalancer(Peers::Options options, LinkListener* listener, Log log)
    : options_(std::move(options)), log_(std::move(log)), chance_(options_.seed) {
  for (const TcpLink::Options& to : options_.peers) peers_.emplace_back(to, listener);
  if (!options_.reconnect_after) return;
  const auto connect = [this](Peer& peer) { return new_line(peer); };
  renewal_.emplace(*options_.reconnect_after, ConnectionRenewal::Parts{m_, peers_, chance_, connect});
}

void LoadBalancer::open() {
  const std::lock_guard lock(m_);
  for (Peer& peer : peers_) peer.line = new_line(peer);
  if (renewal_) renewal_->start();
}

// Destroys the links without m_: a request on another thread must not wait for their threads.
void LoadBalancer::close() {
  std::vector<PeerConnection> gone;
  {
    const std::lock_guard lock(m_);
    if (renewal_) renewal_->end();
    for (Peer& peer : peers_) {
      gone.push_back(std::exchange(peer.line, {}));
      gone.push_back(std::exchange(peer.coming, {}));
      for (PeerConnection& old : std::exchange(peer.leaving, {})) gone.push_back(std::move(old));
    }
  }
  if (renewal_) renewal_->join();
}

PeerConnection LoadBalancer::new_line(Peer& peer) {
  PeerConnection line;
  line.id = ++last_line_;
  line.link = std::make_unique<TcpLink>(peer.options, peer.readings.get(), log_);
  line.link->limit(part_of_rate());
  line.link->delay(delay_);
  return line;
}

std::vector<PeerLoad> LoadBalancer::candidates(const wire::TailRequest& request, TimePoint now) {
  const auto wanted = wanted_.find(request.plan.model);
  const auto precision = wanted == wanted_.end() ? std::nullopt : std::optional(wanted->second);
  std::vector<PeerLoad> all;
  all.reserve(peers_.size());
  for (Peer& peer : peers_) all.push_back(peer.candidate(request, precision, now, options_.health));
  return all;
}

Result<LoadBalancer::Sent> LoadBalancer::send(wire::TailRequest request) {
  const std::lock_guard lock(m_);
  const TimePoint now = Clock::now();
  share_rate(false);
  const std::vector<PeerLoad> all = candidates(request, now);
  auto chosen = home_of(request, all);
  if (!chosen) chosen = choose(all, chance_);
  if (!chosen) return nobody(request);
  return send_to(*chosen, std::move(request), now);
}

std::optional<std::size_t> LoadBalancer::home_of(const wire::TailRequest& request,
                                                 std::span<const PeerLoad> loads) const {
  if (!request.home) return std::nullopt;
  for (std::size_t i = 0; i < peers_.size(); ++i)
    if (loads[i].usable && loads[i].share > 0 && peers_[i].line.link->is_on(*request.home)) return i;
  return std::nullopt;
}

// A difference is refused by the other peer's link, without being sent: then its whole form is sent as a new request.
std::optional<LoadBalancer::Sent> LoadBalancer::resend(wire::TailRequest request, const Ticket& failed) {
  const std::lock_guard lock(m_);
  const TimePoint now = Clock::now();
  std::vector<PeerLoad> others = candidates(request, now);
  others[failed.peer].usable = false;
  for (PeerLoad& one : others) one.usable = one.usable && one.share > 0 && now + expected_time(one) < request.deadline;
  const auto chosen = choose(others, chance_);
  if (!chosen) return std::nullopt;
  if (!request.is_difference()) ++peers_[*chosen].counted.retried;
  return send_to(*chosen, std::move(request), now);
}

LoadBalancer::Sent LoadBalancer::send_to(std::size_t which, wire::TailRequest request, TimePoint now) {
  PeerConnection& line = peers_[which].line;
  ++line.outstanding;
  Ticket ticket{which, line.id, line.connection, request.plan, request.priority, now, request.deadline};
  return {std::move(ticket), line.link->send(std::move(request))};
}

Error LoadBalancer::nobody(const wire::TailRequest& request) const {
  std::string why;
  bool any_up = false;
  bool any_holds = false;
  for (const Peer& peer : peers_) {
    const LinkState state = peer.state();
    any_up = any_up || state.up;
    any_holds = any_holds || (state.up && state.models.contains(request.plan.model));
    why += fmt::format("{}{}: {}", why.empty() ? "" : "; ", state.peer,
                       state.up ? "it cannot run this request" : state.why);
  }
  if (any_up && !any_holds)
    return error(ErrorKind::invalid,
                 "the cloud does not hold model {:.12}; start it with the same model file as the edge",
                 request.plan.model);
  if (any_up)
    return error(ErrorKind::unavailable, "no cloud runs model {:.12} in the requested precision ({})",
                 request.plan.model, why);
  return error(ErrorKind::unavailable, "no cloud is reachable: {}", why);
}

Peer* LoadBalancer::leave(const Ticket& ticket) {
  Peer& peer = peers_[ticket.peer];
  PeerConnection* const line = peer.find(ticket.line);
  if (!line) return nullptr;
  --line->outstanding;
  return &peer;
}

void LoadBalancer::answered(const Ticket& ticket, const wire::TailAnswer& answer) {
  const std::lock_guard lock(m_);
  Peer* const peer = leave(ticket);
  if (!peer) return;
  ++peer->counted.answered;
  const TimePoint now = Clock::now();
  const wire::Stamps& stamps = answer.stamps;
  const AnswerTimes pace{
      .took = answer.arrived - ticket.sent, .queue = stamps.queue, .service = stamps.decode + stamps.run};
  succeeded(peer->health, ticket.plan, pace, now, options_.health);
  judge(ticket.peer, ticket.plan, now);
}

// A lost connection counts as one failure, however many requests it carried. An invalid request does not count, nor
// does a difference whose reference is gone.
void LoadBalancer::failed(const Ticket& ticket, const Error& why) {
  const std::lock_guard lock(m_);
  Peer* const peer = leave(ticket);
  if (!peer || why.kind == ErrorKind::no_reference) return;
  ++peer->counted.failed;
  const TimePoint now = Clock::now();
  if (why.kind == ErrorKind::invalid) return;
  if (why.kind == ErrorKind::overloaded)
    return overloaded(peer->health, {ticket.priority, why.retry_after}, now, options_.health);
  PeerConnection& line = *peer->find(ticket.line);
  const bool lost = line.link->serving(ticket.plan.model, std::nullopt) != ticket.connection;
  if (lost && line.broken == ticket.connection) return;
  if (lost) line.broken = ticket.connection;
  link::failed(peer->health, options_.health);
  judge(ticket.peer, ticket.plan, now);
}

void LoadBalancer::abandoned(const Ticket& ticket) {
  const std::lock_guard lock(m_);
  Peer* const peer = leave(ticket);
  const TimePoint now = Clock::now();
  if (!peer || now < ticket.deadline) return;  // A request dropped before its deadline is no failure of the peer.
  ++peer->counted.abandoned;
  link::failed(peer->health, options_.health);
  judge(ticket.peer, ticket.plan, now);
}

void LoadBalancer::judge(std::size_t which, const plan::Plan& plan, TimePoint now) {
  std::vector<const Health*> all;
  all.reserve(peers_.size());
  for (const Peer& peer : peers_) all.push_back(&peer.health);
  const auto why = outlier(all, which, plan, now, options_.health);
  if (!why) return;
  Peer& peer = peers_[which];
  eject(peer.health, *why, now, options_.health);
  lines_.warn("ejected", fmt::format("{}: gets no requests for {}: {}", to_string(peer.options.peer),
                                     to_string(peer.health.last_ejection), *why));
}

void LoadBalancer::expect(std::map<std::string, Precision> precisions) {
  const std::lock_guard lock(m_);
  wanted_ = std::move(precisions);
}

void LoadBalancer::probe(Bytes payload) {
  const std::lock_guard lock(m_);
  for (std::size_t tried = 0; tried < peers_.size(); ++tried) {
    probed_ = (probed_ + 1) % peers_.size();
    const PeerConnection& line = peers_[probed_].line;
    if (line.link && line.link->state().up) return line.link->probe(payload);
  }
}

void LoadBalancer::limit(std::optional<BitsPerSecond> rate) {
  const std::lock_guard lock(m_);
  rate_ = rate;
  share_rate(true);
}

void LoadBalancer::delay(Duration added) {
  const std::lock_guard lock(m_);
  delay_ = added;
  for (const Peer& peer : peers_)
    for (const PeerConnection* const line : {&peer.line, &peer.coming})
      if (line->link) line->link->delay(added);
}

void LoadBalancer::share_rate(bool always) {
  if (!rate_ && !always) return;
  const auto is_up = [](const Peer& peer) { return peer.line.link && peer.line.link->is_up(); };
  const auto up = std::max<std::ptrdiff_t>(1, std::ranges::count_if(peers_, is_up));
  if (up == sharing_ && !always) return;
  sharing_ = up;
  for (const Peer& peer : peers_)
    for (const PeerConnection* const line : {&peer.line, &peer.coming})
      if (line->link) line->link->limit(part_of_rate());
}

std::optional<BitsPerSecond> LoadBalancer::part_of_rate() const {
  return rate_ ? std::optional(BitsPerSecond{rate_->value / static_cast<double>(sharing_)}) : std::nullopt;
}

std::vector<PeerState> LoadBalancer::peers() const {
  const std::lock_guard lock(m_);
  const TimePoint now = Clock::now();
  std::vector<PeerState> all;
  all.reserve(peers_.size());
  for (const Peer& peer : peers_) {
    PeerCounters standing = peer.counted;
    standing.outstanding = peer.outstanding();
    standing.share = share(peer.health, {standing.outstanding}, now, options_.health);
    if (peer.health.ejected && now < peer.health.ejected->until) {
      standing.ejected_for = peer.health.ejected->until - now;
      standing.ejected_why = peer.health.ejected->why;
    }
    all.push_back({peer.state(), std::move(standing)});
  }
  return all;
}

}  // namespace tideline::link
