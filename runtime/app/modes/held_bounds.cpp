#include "runtime/app/modes/held_bounds.h"

namespace tideline::modes {

Budget::Bounds held_bounds(const config::Config& config) {
  Budget::Bounds bounds = Budget::usual();
  if (config.held.all) bounds = {*config.held.all, {config.held.all->count / 2}};
  if (config.held.per_peer) bounds.per_peer = *config.held.per_peer;
  return bounds;
}

}  // namespace tideline::modes
