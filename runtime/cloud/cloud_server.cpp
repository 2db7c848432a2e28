#include "runtime/cloud/cloud_server.h"

#include "runtime/cloud/server.h"

#include <utility>

namespace tideline::cloud {

Result<std::unique_ptr<CloudServer>> CloudServer::start(Options options, std::vector<Named> models, Log log) {
  const wire::FrameMeta welcome = encode(wire::Welcome{Tails(models).names(), options.machine, options.precision});
  if (welcome.size() > options.limits.meta.count) {
    return error(ErrorKind::invalid, "the names of {} models take {} bytes of a greeting that may hold {}; load fewer",
                 models.size(), welcome.size(), options.limits.meta.count);
  }
  auto server = std::make_shared<Server>(std::move(options), std::move(models), std::move(log));
  const Result<void> bound = server->bind();
  if (!bound) return bound.error();
  server->open();
  return std::unique_ptr<CloudServer>(new CloudServer(std::move(server)));
}

CloudServer::CloudServer(std::shared_ptr<Server> server) : server_(std::move(server)) {}
CloudServer::~CloudServer() = default;

std::uint16_t CloudServer::port() const {
  return server_->port();
}

CloudServer::Counters CloudServer::counters() const {
  return server_->counters();
}

void CloudServer::drain(TimePoint deadline) {
  server_->drain(deadline);
}

}  // namespace tideline::cloud
