// Offers by whole milliseconds of each stage.
#pragma once

#include "policy/dispatch/offer.h"
#include "runtime/base/time.h"

#include <chrono>
#include <cstdint>

namespace tideline::dispatch {

inline const TimePoint kStart = TimePoint{} + std::chrono::hours(1);
inline constexpr std::uint32_t kHere = 9;

inline plan::Plan cut(std::uint32_t cut) {
  return {"m", cut, plan::Codec::fp32};
}

inline Offer here(int edge_ms) {
  return {cut(kHere), {.edge = std::chrono::milliseconds(edge_ms)}};
}

inline Offer split(std::uint32_t at, int edge_ms, int uplink_ms, int cloud_ms, int rest_ms = 4) {
  return {cut(at),
          {.edge = std::chrono::milliseconds(edge_ms),
           .uplink = std::chrono::milliseconds(uplink_ms),
           .cloud = std::chrono::milliseconds(cloud_ms),
           .rest = std::chrono::milliseconds(rest_ms)}};
}

// Like AlexNet on one core, with a cloud of one core at 50 Mbit/s: edge-only is the fastest alone.
inline Offers alexnet() {
  return {.plans = {split(0, 2, 24, 60, 3), split(1, 10, 5, 52, 3), split(2, 12, 3, 50, 3), split(3, 27, 3, 35, 3),
                    split(4, 29, 2, 33, 3), split(5, 38, 3, 24, 3), split(6, 47, 3, 15, 3), split(7, 55, 2, 7, 3),
                    here(60)},
          .usual = 8,
          .hysteresis = 0.03};
}

}  // namespace tideline::dispatch
