// Rows: proves from the graph that each request of a batch is computed from that request alone.
//
//     // `in` has the tensors of two requests, concatenated along their first sizes.
//     if (auto apart = rows_are_apart(operators, from, to, in, 2); !apart) return apart.error();
//
// Not thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/script/cut_candidates.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace tideline::rows {

// Runs the operators between two cut candidates on `in`, one by one, and tracks where the requests lie in each value.
// `in` has the tensors of `count` requests, concatenated along their first sizes.
//
// Returns success when the graph proves two things for any numbers and any count of requests. Each request gets the
// same result as alone, and the results are concatenated along the first size like the inputs. Otherwise returns an
// error that names the first operator without a proof. (Rounding may differ: operators may sum in another order.)
// REQUIRES: count >= 2. Throws libtorch's exceptions.
Result<void> rows_are_apart(const std::vector<torch::jit::Node*>& operators, const script::CutCandidate& from,
                            const script::CutCandidate& to, const std::vector<at::Tensor>& in, std::int64_t count);

}  // namespace tideline::rows
