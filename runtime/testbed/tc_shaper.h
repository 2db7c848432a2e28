// TcShaper: shapes a network interface with the kernel's token bucket and delay queue, through the tc program.
//
// A packet that leaves the interface waits for the whole added round trip (netem), and then for the token bucket (tbf).
// The bucket holds at most 2 ms of the rate (or two packets), so that small tensors cannot pass at once. It refuses an
// interface with configured queueing. Its destructor, and a guard at any exit, undo it. Belongs to one thread.
#pragma once

#include "runtime/testbed/guard.h"
#include "runtime/testbed/shaper.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tideline::testbed {

class TcShaper final : public Shaper {
 public:
  struct Options {
    std::string interface;
    std::vector<std::filesystem::path> search = {"/usr/sbin", "/sbin", "/usr/bin", "/bin"};  // Where to find tc.
  };

  // Returns invalid if the interface or tc is missing, or if the interface already has configured queueing.
  static Result<std::unique_ptr<TcShaper>> make(Options options);
  ~TcShaper() override;

  // Returns invalid if it is not permitted, or if the kernel lacks support (not every kernel has netem). On error
  // nothing is shaped.
  Result<void> shape(const Shaping& way) override;

 private:
  TcShaper(std::string tc, std::string interface, Bytes mtu)
      : tc_(std::move(tc)), interface_(std::move(interface)), mtu_(mtu) {}
  Result<void> set(const Shaping& way);
  std::vector<std::vector<std::string>> setting(const Shaping& way) const;
  Result<void> lift();
  std::vector<std::string> lifting() const;

  const std::string tc_;
  const std::string interface_;
  const Bytes mtu_;
  std::unique_ptr<Guard> guard_;  // Exists iff a rate or delay is imposed.
  Shaping way_;
};

// Returns the bucket size for that rate: 2 ms of it, and at least two packets.
Bytes bucket_of(BitsPerSecond rate, Bytes mtu);

}  // namespace tideline::testbed
