#include "runtime/app/config/exit_code.h"

#include <array>

namespace tideline::config {
namespace {

constexpr std::array kMeanings{
    ExitMeaning{ExitCode::usage, "bad command line"},
    ExitMeaning{ExitCode::bad_data, "bad content of a file"},
    ExitMeaning{ExitCode::no_input, "no such file"},
    ExitMeaning{ExitCode::unavailable, "the other side failed, or --check found a fault"},
    ExitMeaning{ExitCode::internal, "internal error"},
    ExitMeaning{ExitCode::cannot_create, "a file cannot be written"},
    ExitMeaning{ExitCode::no_permission, "a permission is missing"},
    ExitMeaning{ExitCode::bad_config, "bad config file"},
    ExitMeaning{ExitCode::interrupted, "after SIGINT"},
};

}  // namespace

std::span<const ExitMeaning> exit_meanings() {
  return kMeanings;
}

}  // namespace tideline::config
