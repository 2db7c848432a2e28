// Tails: the models that a cloud holds, and the running of their tails. Immutable. Thread-safe.
//
// A batch costs no second copy of the weights: all sizes run on the one model, whatever batch its file was loaded for.
#pragma once

#include "runtime/cloud/cloud_server.h"
#include "runtime/cloud/tail_runner.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace tideline {

class Tails final : public TailRunner {
 public:
  explicit Tails(std::vector<CloudServer::Named> models);

  std::map<std::string, std::string> names() const;  // Digest -> name.

  // Returns how many bytes the outputs take. Returns invalid, with a sentence for the edge's operator, when no model
  // here has the cut, or its tensors have other sizes under the codec at that batch, or the model does not take the
  // batch.
  Result<Bytes> check(const RunMessage& asked) const;

  // REQUIRES, all below: check() succeeded.
  TailKind kind_of(const RunMessage& asked) const override;
  Result<TailOutcome> run(std::span<const RequestedTail> requests) const override;
  Result<void> try_together(const TailKind& kind) const override;

 private:
  std::map<std::string, CloudServer::Named> models_;  // By digest.
};

}  // namespace tideline
