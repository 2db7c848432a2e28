// Shaper: holds what leaves this machine for the cloud to a rate. Its destructor lifts the limit.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/net/link.h"

#include <optional>

namespace tideline {

class Shaper {
 public:
  virtual ~Shaper() = default;

  // Replaces the limit that was set before; nothing lifts it.
  virtual Result<void> limit(std::optional<BitsPerSecond> rate) = 0;
};

// Shapes in this process, before the socket: needs no permission, and holds only what this link sends.
class LinkShaper final : public Shaper {
 public:
  explicit LinkShaper(Link& link) : link_(link) {}
  ~LinkShaper() override { link_.limit(std::nullopt); }

  Result<void> limit(std::optional<BitsPerSecond> rate) override {
    link_.limit(rate);
    return {};
  }

 private:
  Link& link_;
};

}  // namespace tideline
