// TcShaper: shapes a network interface by a token bucket of the kernel, and its delay queue, set through the tc
// program.
//
// What leaves the interface waits as long as all of a round trip is to be longer (netem), and then for its turn (tbf).
// Its bucket holds no more than 2 ms of the rate (or two packets), so that small tensors cannot slip through at once.
// It never touches an interface whose queueing somebody has configured. Undone by its destructor and, through a guard,
// by any exit. Belongs to one thread.
#pragma once

#include "runtime/testbed/guard.h"
#include "runtime/testbed/shaper.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

class TcShaper final : public Shaper {
 public:
  struct Options {
    std::string interface;
    std::vector<std::filesystem::path> search = {"/usr/sbin", "/sbin", "/usr/bin", "/bin"};  // For tc.
  };

  // Returns invalid when there is no such interface, no tc, or the interface's queueing is somebody else's.
  static Result<std::unique_ptr<TcShaper>> make(Options options);
  ~TcShaper() override;

  // Returns invalid when it is not permitted, or the kernel cannot (not every kernel has netem). On error nothing is
  // shaped.
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
  std::unique_ptr<Guard> guard_;  // There iff something is imposed.
  Shaping way_;
};

// Returns the bucket of that rate: 2 ms of it, and at least two packets.
Bytes bucket_of(BitsPerSecond rate, Bytes mtu);

}  // namespace tideline
