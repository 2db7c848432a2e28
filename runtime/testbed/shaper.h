// Shaper: makes the way to the cloud slower and longer. Its destructor lifts what it imposed.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/link/link.h"

#include <optional>

namespace tideline {

struct Shaping {
  std::optional<BitsPerSecond> rate;  // Of what leaves this machine.
  std::optional<Duration> delay;      // Added to every round trip.

  bool operator==(const Shaping&) const = default;
};

class Shaper {
 public:
  virtual ~Shaper() = default;

  // Replaces what was imposed before; an empty way lifts it.
  virtual Result<void> shape(const Shaping& way) = 0;
};

// Shapes in this process, before the socket: needs no permission, and holds only what this link sends. It delays
// requests, not TCP's acknowledgements: where a request takes TCP several round trips, only one of them is longer.
class LinkShaper final : public Shaper {
 public:
  explicit LinkShaper(Link& link) : link_(link) {}
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
  static constexpr Duration kMostDelay =
      std::chrono::seconds(2);  // A link that is silent for longer is taken for dead.

  Link& link_;
};

}  // namespace tideline
