// Records: what is in the zip archive that a TorchScript file is, read and checked before libtorch reads it.
//
// libtorch believes what an archive says of itself: it checks no checksum, and takes the memory that is announced.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <map>
#include <string>

namespace tideline {

struct Records {
  std::map<std::string, std::uint64_t> sizes;  // By name without the archive's own folder: "data/0" -> bytes.
  std::map<std::string, std::string> pickles;  // "data.pkl" and "constants.pkl", as far as they are there.
};

// Reads every record once. Returns invalid, with a sentence, when the archive's directories contradict each other, a
// record's checksum or length is wrong, two records share bytes or a name, or more is packed than kMostUnpacked.
Result<Records> read_records(const std::string& file);

// Compressed records (code alone, as libtorch writes files) may come to so many bytes in all.
inline constexpr std::uint64_t kMostUnpacked = 64ULL << 20;

}  // namespace tideline
