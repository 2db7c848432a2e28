// The description of this machine and of the time.
#pragma once

#include <map>
#include <string>

namespace tideline::modes {

using Machine = std::map<std::string, std::string>;

// Describes this machine, for tables and for the other side: agent, architecture, cpu, cores, memory, kernel, libtorch,
// blas, simd, threads.
Machine fingerprint();

// The kind of this processor: "x86_64", "aarch64".
std::string architecture();

// The current time, as ISO 8601 in UTC.
std::string now_utc();

}  // namespace tideline::modes
