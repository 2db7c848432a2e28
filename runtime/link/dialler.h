// Dialler: connects to the first of several addresses of one host that answers (RFC 8305, "happy eyeballs").
//
// It tries each address kApart after the one before, or at once if that one failed, and continues all attempts. So an
// unreachable address costs a quarter of a second, not the whole time. Belongs to the I/O thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/link/name_lookup.h"
#include "runtime/wire/socket.h"

#include <asio/io_context.hpp>

#include <memory>

namespace tideline::link {

class Dialler {
 public:
  static constexpr Duration kApart = std::chrono::milliseconds(250);

  explicit Dialler(asio::io_context& io) : io_(io) {}
  ~Dialler() { close(); }
  Dialler(const Dialler&) = delete;
  Dialler& operator=(const Dialler&) = delete;

  // Returns a connected socket. Returns unavailable, with the reason, if every address failed, or if none has answered
  // `patience` after the last attempt began. One call at a time.
  wire::Task<Result<std::unique_ptr<wire::Socket>>> first_of(Addresses places, Duration patience);

  void close();  // Ends the call in progress.

 private:
  struct Race;
  static wire::Task<> attempt(std::shared_ptr<Race> race, std::size_t which);
  static wire::Task<> wait(Race& race, TimePoint end, bool for_all);

  asio::io_context& io_;
  std::shared_ptr<Race> race_;  // Null if no call is in progress.
};

}  // namespace tideline::link
