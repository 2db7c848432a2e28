// Reconnector: keeps a TcpLink connected: dials, greets, exchanges frames, and reconnects after a failure.
//
// Between failed attempts it waits. This back-off doubles up to a limit; a connection that kept to the protocol resets
// it.
//
// The public functions are thread-safe; they pass their work to the I/O thread. It may outlive its TcpLink while a
// Pending holds it, but its thread ends with close().
#pragma once

#include "runtime/base/line_limit.h"
#include "runtime/link/cloud_connection.h"
#include "runtime/link/dialler.h"
#include "runtime/link/link_status.h"
#include "runtime/link/name_lookup.h"
#include "runtime/link/tcp_link.h"
#include "runtime/wire/stream.h"

#include <asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

namespace tideline::link {

class TcpLink::Reconnector : public std::enable_shared_from_this<Reconnector> {
 public:
  Reconnector(Options options, LinkListener* listener, Log log);

  void open();   // Starts the I/O thread.
  void close();  // Ends the thread; every exchange gets `unavailable`.

  // Returns the exchange with a new id; it has already failed if the link is down.
  std::shared_ptr<Exchange> submit(LinkRequest request);
  void abandon(std::uint64_t id);
  void probe(Bytes payload);
  void limit(std::optional<BitsPerSecond> rate);
  void delay(Duration added);
  const LinkStatus& status() const { return status_; }
  const wire::Limits& limits() const { return options_.limits; }

 private:
  wire::Task<> live();
  wire::Task<Error> talk(wire::Welcome welcome);
  wire::Task<Result<wire::Welcome>> meet();
  wire::Task<bool> in_time(wire::Task<> part);
  wire::Task<Result<wire::Welcome>> introduce();
  wire::Task<Result<void>> dial();
  wire::Task<Result<Addresses>> resolve();
  wire::Task<asio::error_code> secure();
  void begin_connection();
  Error no_answer(std::string_view step) const;
  const std::string& name_of_peer() const;
  void post(std::function<void()> job);

  // Constant after construction.
  const Options options_;
  LinkListener* const listener_;
  LineLimit lines_;  // Thread-safe.

  LinkStatus status_;  // Thread-safe.
  std::atomic<std::uint64_t> next_id_{1};

  asio::io_context io_{1};

  // Belong to the I/O thread.
  wire::Stream stream_{wire::Socket(io_)};
  NameLookup lookup_{io_};
  Dialler dialler_{io_};
  asio::ip::tcp::endpoint place_;                       // The last connected address.
  std::optional<asio::ip::tcp::endpoint> passed_over_;  // It accepted a connection, but was no valid cloud.
  asio::steady_timer back_off_{io_};
  std::unique_ptr<CloudConnection> connection_;
  std::optional<BitsPerSecond> rate_;
  Duration delay_{};
  bool closing_ = false;

  std::thread thread_;
};

}  // namespace tideline::link
