// Rows: whether each request of a batch is computed from that request alone, as far as the graph tells.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/script/cut_candidates.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace tideline {

// Runs the operators between two seams on `in`, one by one, and follows where in each value the requests lie. `in` are
// the tensors of `count` requests, one behind the other along their first sizes.
//
// Returns nothing when it follows from the graph that each request gets what it would get alone, whatever the numbers
// are and however many requests there are, and its part of every result stands along the first size as its inputs did.
// Else an error that names the first operator of which that is not known. (Rounding is another matter: operators may
// sum in another order.) REQUIRES: count >= 2. Throws what libtorch throws.
Result<void> rows_are_apart(const std::vector<torch::jit::Node*>& operators, const CutCandidate& from, const CutCandidate& to,
                            const std::vector<at::Tensor>& in, std::int64_t count);

}  // namespace tideline
