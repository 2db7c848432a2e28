// Trial: something done in a child process first, because it may crash where no exception tells of it.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <functional>

namespace tideline {

// Forks, and does `what` in the child, on one thread, with at most `memory` bytes more than this process has now, and a
// minute of processor time. Returns invalid, with a sentence, iff the child crashed or went over a limit; that `what`
// threw something else is for the caller to find out when it does the same. REQUIRES: no other thread holds a lock that
// `what` needs; it prints nothing.
Result<void> try_in_child(const std::function<void()>& what, std::uint64_t memory);

}  // namespace tideline
