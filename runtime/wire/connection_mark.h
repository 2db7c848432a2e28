// ConnectionMark: tells one connection of an edge to a cloud from every other one.
//
// Two marks are of one connection iff they are one object. Whoever keeps a mark may outlive its connection.
// Thread-safe.
//
//   if (reference.connection->is_open()) request.home = reference.connection;
#pragma once

#include <atomic>

namespace tideline::wire {

class ConnectionMark {
 public:
  bool is_open() const { return open_; }
  void close() { open_ = false; }  // The connection has ended; it never opens again.

 private:
  std::atomic<bool> open_{true};
};

}  // namespace tideline::wire
