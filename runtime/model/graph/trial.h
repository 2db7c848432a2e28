// Trial: something done in a child process first, because it may crash where no exception tells of it.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <functional>

namespace tideline {

// Does `what` in a forked child, on one thread, with at most `memory` bytes more than this process has now, and a
// minute of processor time. Where the child came to an end, does it here, too: right after, on the very same heap, so
// that what a parser wrongly reads from memory that nobody has written is the same in both, and does not crash by
// chance.
//
// Returns invalid, with a sentence, iff the child crashed or went over a limit; then `what` was not done here. Throws
// what `what` throws here. REQUIRES: no other thread holds a lock that `what` needs, or takes memory meanwhile; `what`
// prints nothing.
Result<void> do_as_tried(const std::function<void()>& what, std::uint64_t memory);

}  // namespace tideline
