// The description of this machine and of the time.
#pragma once

#include "runtime/app/config/config.h"

#include <map>
#include <string>

namespace tideline::modes {

using Machine = std::map<std::string, std::string>;

// Describes this machine, for tables and for the other side: agent, architecture, cpu, cores, memory, kernel, libtorch,
// blas, simd, kernels, threads. The config chooses the kernels; a GPU computes by libtorch.
Machine fingerprint(const config::Config& config);

// The kind of this processor: "x86_64", "aarch64".
std::string architecture();

// The current time, as ISO 8601 in UTC.
std::string now_utc();

}  // namespace tideline::modes
