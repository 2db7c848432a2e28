// CampaignStatus: how far a campaign of measurements (agent --profile) is. A value.
#pragma once

#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tideline::http {

struct CampaignStatus {
  std::string model;
  std::string doing = "starting";    // Or "comparing", "imposing", "measuring", "anchors".
  std::string text = "it connects";  // One line that says all this.
  std::string asked;                 // The current conditions.
  std::uint32_t visit = 0;           // To a cell; they count from 1, and 0 is none yet.
  std::uint32_t visits = 0;
  std::uint64_t done = 0;   // Samples.
  std::uint64_t total = 0;  // A lower bound: it grows if more repetitions are needed.
  std::uint64_t failed = 0;
  std::uint32_t left_out = 0;        // Cells that could not be imposed.
  std::optional<double> noise = {};  // How much one point differs, minutes apart, so far; a share.
  std::optional<Duration> remaining = {};
};

}  // namespace tideline::http
