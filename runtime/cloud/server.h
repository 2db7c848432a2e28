// Server: the sockets and threads of a CloudServer.
//
// The public functions are thread-safe; they pass their work to the I/O thread.
#pragma once

#include "runtime/cloud/cloud_server.h"
#include "runtime/cloud/edge_connection.h"
#include "runtime/cloud/server_context.h"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace tideline::cloud {

class CloudServer::Server {
 public:
  Server(Options options, std::vector<Named> models, Log log);
  ~Server();

  Result<void> bind();  // Call once, before open().
  void open();          // Starts the I/O thread.
  std::uint16_t port() const { return port_; }
  Counters counters() const;
  void drain(TimePoint deadline);

 private:
  wire::Task<> accept();
  wire::Task<> host(wire::Socket socket);
  wire::Task<> receive(EdgeConnection& connection);
  void receive_stranger(const EdgeConnection& connection);
  void close_all();
  void on_io(std::function<void()> job);

  Budget own_budget_{Budget::usual()};
  asio::io_context io_{1};
  ServerContext context_;
  std::uint16_t port_ = 0;  // Constant after bind().

  // Belong to the I/O thread.
  asio::ip::tcp::acceptor acceptor_{io_};
  std::set<std::shared_ptr<EdgeConnection>> connections_;
  bool closing_ = false;  // No more edges are accepted.

  mutable std::mutex m_;
  std::condition_variable left_;
  std::size_t open_ = 0;  // Guarded by m_: the number of connections.

  std::thread thread_;
};

}  // namespace tideline::cloud
