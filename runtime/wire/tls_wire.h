// TlsWire: connects OpenSSL to a socket: without blocking, without SIGPIPE, with a count of received bytes.
#pragma once

#include <asio/error_code.hpp>

#include <cstdint>

using BIO = struct bio_st;

namespace tideline::wire {

struct TlsWire {
  int socket = -1;             // Not owned.
  std::uint64_t received = 0;  // Bytes.
  bool drained = false;        // The last read found nothing more.
  asio::error_code problem;    // Of the socket; OpenSSL does not pass it on.
};

// Returns the BIO through which one session reads and writes `wire`; null if memory is short. `wire` must outlive it.
BIO* new_bio(TlsWire& wire);

}  // namespace tideline::wire
