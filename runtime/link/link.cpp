#include "runtime/link/link.h"

#include <algorithm>

namespace tideline::link {

bool serves(const Link& link, const std::string& model, std::optional<Precision> precision) {
  const std::vector<PeerState> peers = link.peers();
  return std::ranges::any_of(peers, [&](const PeerState& peer) {
    const LinkState& state = peer.link;
    return state.up && state.models.contains(model) && state.precision == precision.value_or(state.precision);
  });
}

}  // namespace tideline::link
