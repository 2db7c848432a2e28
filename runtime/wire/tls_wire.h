// TlsWire: the way from OpenSSL to a socket: without waiting, without SIGPIPE, counted.
#pragma once

#include <asio/error_code.hpp>

#include <cstdint>

using BIO = struct bio_st;

namespace tideline {

struct TlsWire {
  int socket = -1;             // Not its own.
  std::uint64_t received = 0;  // Bytes.
  bool drained = false;        // Nothing more had come when it was read last.
  asio::error_code problem;    // Of the socket; OpenSSL does not pass it on.
};

// Returns what OpenSSL reads from and writes to `wire` by, to be given to one session; null without memory. `wire` must
// outlive it.
BIO* new_bio(TlsWire& wire);

}  // namespace tideline
