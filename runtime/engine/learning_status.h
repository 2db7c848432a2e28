// LearningStatus: how far an edge without a given table has measured its own plans, for operators. A value.
#pragma once

#include "runtime/base/units.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::engine {

struct LearningStatus {
  enum class Doing { waiting, measuring, done, failed };

  Doing doing = Doing::waiting;
  std::string text{};                        // The same in words, with what it waits for.
  std::string since{};                       // When the table in use was measured, ISO 8601 in UTC; empty: none is.
  std::size_t measured = 0;                  // Plans of that table,
  std::optional<std::size_t> candidates{};   // and those that may be measured; absent: not known yet.
  std::optional<double> widest{};            // predict::widest_interval() of that table.
  std::optional<BitsPerSecond> more_from{};  // From this uplink on it measures more plans; absent: there are no more.
};

inline std::string_view name(LearningStatus::Doing doing) {
  switch (doing) {
    case LearningStatus::Doing::waiting:
      return "waiting";
    case LearningStatus::Doing::measuring:
      return "measuring";
    case LearningStatus::Doing::done:
      return "done";
    case LearningStatus::Doing::failed:
      break;
  }
  return "failed";
}

}  // namespace tideline::engine
