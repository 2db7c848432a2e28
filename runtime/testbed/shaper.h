// Shaper: makes the path to the cloud slower and longer. Its destructor removes the imposed rate and delay.
//
//   LinkShaper shaper(link);
//   Shaping way{.rate = BitsPerSecond{10e6}, .delay = std::chrono::milliseconds(40)};
//   if (const auto shaped = shaper.shape(way); !shaped) return shaped.error();
//   (void)shaper.shape({});  // Removes both.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/link/link.h"

#include <optional>

namespace tideline::testbed {

struct Shaping {
  std::optional<BitsPerSecond> rate;  // Of the bytes that leave this machine.
  std::optional<Duration> delay;      // Added to every round trip.

  bool operator==(const Shaping&) const = default;
};

class Shaper {
 public:
  virtual ~Shaper() = default;

  // Replaces the previous shaping; an empty one removes it.
  virtual Result<void> shape(const Shaping& way) = 0;
};

// LinkShaper: shapes in this process, before the socket. It needs no permission and affects only this link's bytes. It
// delays requests, not TCP's acknowledgements: if a request takes several round trips, only one of them is longer.
class LinkShaper final : public Shaper {
 public:
  explicit LinkShaper(link::Link& link) : link_(link) {}
  ~LinkShaper() override {
    link_.limit(std::nullopt);
    link_.delay({});
  }

  Result<void> shape(const Shaping& way) override {
    if (way.delay > kMostDelay)
      return error(ErrorKind::invalid, "a delay in this process is {} at most, not {}; name an --interface for more",
                   to_string(kMostDelay), to_string(*way.delay));
    link_.limit(way.rate);
    link_.delay(way.delay.value_or(Duration{}));
    return {};
  }

 private:
  static constexpr Duration kMostDelay = std::chrono::seconds(2);  // A link that is silent for longer counts as dead.

  link::Link& link_;
};

}  // namespace tideline::testbed
