// Usual share: what a codec usually makes of a tensor, for choices before anything is measured. Pure. Thread-safe.
#pragma once

#include "policy/plan/plan.h"

namespace tideline::campaign {

// Returns the usual size of a tensor or image on the wire, as a share of fp32's.
inline double usual_share(plan::Codec codec) {
  if (codec == plan::Codec::u8) return 0.25;
  if (plan::is_of_images(codec)) return 0.1;  // Of a photo as a JPEG.
  if (codec == plan::Codec::fp16) return 0.5;
  if (!plan::is_of_steps(codec)) return 1;
  constexpr double kBits = 1.4, kBitsPerHalving = 1;  // Of a number.
  return (kBits + kBitsPerHalving * plan::halvings_of(codec)) / 32;
}

}  // namespace tideline::campaign
