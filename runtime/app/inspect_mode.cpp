// agent --inspect: lists, verifies and times a model's cuts.
#include "runtime/app/inspection.h"
#include "runtime/app/modes.h"
#include "runtime/app/parts.h"

#include <algorithm>
#include <cstdio>

namespace tideline {
namespace {

constexpr int kRepetitions = 5;

}  // namespace

ExitCode run_inspect(const Command& command) {
  const auto named = load_only_model(command.config);
  if (!named) return fail(named.error(), ExitCode::bad_data);
  const auto seen = inspect(*named->model, command.verify, command.time, kRepetitions);
  if (!seen) return fail(seen.error(), ExitCode::internal);
  const std::string text = command.json ? inspection_json(named->name, *named->model, *seen)
                                        : inspection_text(named->name, *named->model, *seen, command.all);
  std::fputs(text.c_str(), stdout);
  const bool exact = std::ranges::all_of(seen->checks, &CutCheck::exact);
  return exact ? ExitCode::ok : ExitCode::internal;
}

}  // namespace tideline
