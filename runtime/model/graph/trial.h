// Trial: tries something in a child process first, because it may crash instead of throwing.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <functional>

namespace tideline::graph {

// Calls `what` in a forked child, on one thread, with at most `memory` bytes more than this process has now, and one
// minute of CPU time. If the child finishes, calls it here as well, immediately after and on the same heap. So
// uninitialised memory that a parser reads by mistake is the same in both calls.
//
// Returns invalid, with a sentence, iff the child crashed or exceeded a limit; then `what` was not called here. Throws
// what `what` throws here. REQUIRES: no other thread holds a lock that `what` needs, or allocates memory meanwhile;
// `what` prints nothing.
Result<void> do_as_tried(const std::function<void()>& what, std::uint64_t memory);

}  // namespace tideline::graph
