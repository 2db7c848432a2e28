// agent --inspect: lists, verifies and times a model's cuts.
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/image_folder.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/sequence.h"
#include "runtime/app/print/inspection.h"
#include "runtime/app/print/plan_checks_print.h"
#include "runtime/app/print/step_line.h"
#include "runtime/engine/plan_checks.h"
#include "runtime/engine/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <span>

namespace tideline::modes {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::uint32_t kCompared = 64;
constexpr std::uint32_t kMostImages = 200;

// How well the model, in another precision, agrees with fp32.
Result<plan::Agreement> agree(const config::Config& config, const model::Model& model) {
  const auto exact = load_only_model_in_fp32(config);
  if (!exact) return exact.error();
  const auto reference =
      engine::Reference::of(*exact->model, engine::SampleInputs::random(model.inputs(), kSeed, kCompared));
  if (!reference) return reference.error();
  return reference->compare([&model](engine::Input input) -> Result<std::vector<Tensor>> {
    const auto tensors = input.tensors();
    if (!tensors) return tensors.error();
    return model.run(model.whole(), *tensors);
  });
}

Result<print::Inspection> look(const config::Command& command, const model::Model& model) {
  print::StepLine line;
  return print::inspect(model, command.verify, command.time,
                        [&line](const print::InspectionStep& step) { line.show(step); });
}

std::vector<plan::Plan> checked_plans(std::span<const table::Estimate> checked) {
  std::vector<plan::Plan> plans;
  for (const table::Estimate& one : checked) plans.push_back(one.plan);
  return plans;
}

// What codecs send and lose over the images of --inputs, else over those of --sequence.
Result<std::string> check_codecs(const config::Command& command, const NamedModel& named) {
  const config::Config::Profile& profile = command.config.profile;
  if (!named.image || !command.verify || !named.model->holds_all())
    return error(ErrorKind::invalid,
                 "{} compares codecs over images: it needs --verify, the whole network, and --image {}=PRESET",
                 profile.inputs ? "--inputs" : "--sequence", named.name);
  const auto sequence = read_sequence(command.config, named);
  if (!sequence) return sequence.error();
  const auto inputs = read_labelled_folder(profile.inputs ? *profile.inputs : *profile.sequence, named, kMostImages);
  if (!inputs) return inputs.error();
  print::StepLine line;
  const auto checked = engine::check_plans(
      {.model = *named.model,
       .image = named.image.get(),
       .inputs = *inputs,
       .codecs = plan::all_codecs(),
       .on_input = [&](std::uint32_t done) { line.show({"compare codecs", done, inputs->size()}); },
       .sequence = *sequence ? &**sequence : nullptr,
       .on_frame = [&](std::uint32_t done) { line.show({"encode frames", done, (*sequence)->size()}); },
       .detector = named.task->detector});
  if (!checked) return checked.error();
  if (const auto steps = check_steps(command.config, checked_plans(*checked)); !steps) return steps.error();
  return print::plan_checks_text(*checked, inputs->text(), sequence_text(*sequence));
}

}  // namespace

config::ExitCode run_inspect(const config::Command& command) {
  const auto named = load_only_model(command.config, Load::within_budget);
  if (!named) return fail(named.error(), config::ExitCode::bad_data);
  if ((command.verify || command.time) && !named->model->holds_all())
    return fail(error(ErrorKind::invalid, "{}; --verify and --time need the whole network; leave out --memory",
                      held_text(command.config, *named)),
                config::ExitCode::usage);
  auto seen = look(command, *named->model);
  if (!seen) return fail(seen.error(), config::ExitCode::internal);
  if (command.verify && named->model->precision() != Precision::fp32) {
    const auto agreement = agree(command.config, *named->model);
    if (!agreement) return fail(agreement.error(), config::ExitCode::internal);
    seen->agreement = *agreement;
  }
  std::string checks;
  if (command.config.profile.inputs || command.config.profile.sequence) {
    const auto text = check_codecs(command, *named);
    if (!text) return fail(text.error(), config::ExitCode::no_input);
    checks = *text;
  }
  const std::string text = command.json ? inspection_json(named->name, *named->model, *seen)
                                        : inspection_text(named->name, *named->model, *seen, command.all);
  std::fputs(text.c_str(), stdout);
  std::fputs(checks.c_str(), command.json ? stderr : stdout);
  if (!command.json && !named->model->holds_all()) fmt::print("{}\n", held_text(command.config, *named));
  const bool exact = std::ranges::all_of(seen->checks, &print::CutCheck::exact);
  return exact ? config::ExitCode::ok : config::ExitCode::internal;
}

}  // namespace tideline::modes
