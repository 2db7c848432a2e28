// Tails: the models that a cloud holds, and the running of their tails. Immutable. Thread-safe.
#pragma once

#include "runtime/net/cloud_server.h"
#include "runtime/net/message.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

// The tensors of one request as they came, before decoding.
struct WireTensors {
  std::vector<std::shared_ptr<std::byte>> memory;
  std::vector<std::size_t> sizes;
};

class Tails {
 public:
  explicit Tails(std::vector<CloudServer::Named> models);

  std::map<std::string, std::string> names() const;  // Digest -> name.

  // Returns invalid, with a sentence for the edge's operator, when no model here has the cut, or its tensors have
  // other sizes under the codec at that batch, or the model does not take the batch.
  Result<void> check(const RunMessage& asked) const;

  struct Outcome {
    std::vector<Tensor> outputs;
    Duration decode{};
    Duration run{};
  };
  // REQUIRES: check(asked) succeeded and `wire` is as it announced.
  Result<Outcome> run(const RunMessage& asked, WireTensors wire) const;

 private:
  std::map<std::string, CloudServer::Named> models_;  // By digest.
};

}  // namespace tideline
