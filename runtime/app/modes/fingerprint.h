// The description of this machine and of the time.
#pragma once

#include <map>
#include <string>

namespace tideline::modes {

// Describes this machine, for tables and for the other side: cpu, cores, memory, kernel, libtorch, blas, simd, threads.
std::map<std::string, std::string> fingerprint();

// The current time, as ISO 8601 in UTC.
std::string now_utc();

}  // namespace tideline::modes
