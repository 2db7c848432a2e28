// Tails: holds a cloud's models and runs their tails. Immutable. Thread-safe.
//
// A batch needs no second copy of the weights: all sizes run on one model, whatever batch its file was loaded for.
//
//   const Tails tails(std::move(models));
//   if (const auto bytes = tails.check(requested.asked); !bytes) return bytes.error();
//   const std::vector<RequestedTail> batch{requested};
//   Result<TailOutcome> outcome = tails.run(batch);
#pragma once

#include "runtime/cloud/cloud_server.h"
#include "runtime/cloud/tail_runner.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace tideline::cloud {

class Tails final : public TailRunner {
 public:
  explicit Tails(std::vector<CloudServer::Named> models);

  std::map<std::string, std::string> names() const;  // Digest -> name.
  // Returns the name of the model with that digest; of one that is not here, the digest's first digits.
  std::string name_of(const std::string& digest) const;

  // Returns the size of the outputs. Returns invalid, with a message for the edge's operator, if no model here has the
  // cut or the model does not take the batch. Also if the tensors' sizes do not fit the codec and batch, or if
  // the request belongs to a stream and its codec has none.
  Result<Bytes> check(const wire::RunMessage& asked) const;

  // REQUIRES, all below: check() succeeded.
  TailKind kind_of(const wire::RunMessage& asked) const override;
  Result<TailOutcome> run(std::span<const RequestedTail> requests) const override;
  Result<void> try_together(const TailKind& kind) const override;

 private:
  std::map<std::string, CloudServer::Named> models_;  // By digest.
};

}  // namespace tideline::cloud
