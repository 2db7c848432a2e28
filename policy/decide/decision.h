// Helpers with which policies build a Decision. Pure functions. Thread-safe.
#pragma once

#include "policy/decide/policy.h"

#include <string>
#include <utility>

namespace tideline::decide {

inline Decision serve_by(const plan::Plan& plan, const plan::Plan& current, std::string why, Reason reason) {
  return {.move = plan == current ? std::nullopt : std::optional(plan), .why = std::move(why), .reason = reason};
}

inline Decision stay(std::string why, Reason reason) {
  return {.why = std::move(why), .reason = reason};
}

}  // namespace tideline::decide
