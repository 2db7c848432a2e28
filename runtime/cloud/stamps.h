// Stamps for an edge of a payload's arrival. Pure.
#pragma once

#include "runtime/wire/arrival.h"
#include "runtime/wire/tail_call.h"

namespace tideline::cloud {

// The rest of the stamps is zero.
inline wire::Stamps stamps_of(const wire::Arrival& arrival) {
  wire::Stamps stamps;
  stamps.counted = arrival.counted;
  stamps.receiving = arrival.receiving;
  stamps.silence = arrival.silence;
  stamps.after_silence = arrival.after_silence;
  return stamps;
}

}  // namespace tideline::cloud
