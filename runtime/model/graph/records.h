// Records: reads and checks the zip archive of a TorchScript file before libtorch reads it.
//
// libtorch trusts an archive: it checks no checksum and allocates whatever size the archive states.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <map>
#include <string>

namespace tideline::graph {

struct Records {
  std::map<std::string, std::uint64_t> sizes;  // By name without the archive's own folder: "data/0" -> bytes.
  std::map<std::string, std::string> pickles;  // "data.pkl" and "constants.pkl", if present.
};

// Reads every record once. Returns invalid, with a sentence, when the archive's directories contradict each other, a
// checksum or length is wrong, or two records share bytes or a name. Also when compressed records unpack to more than
// kMostUnpacked.
Result<Records> read_records(const std::string& file);

// Limit of the unpacked size of all compressed records (libtorch compresses only code).
inline constexpr std::uint64_t kMostUnpacked = 64ULL << 20;

}  // namespace tideline::graph
