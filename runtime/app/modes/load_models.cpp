#include "runtime/app/modes/load_models.h"

#include "runtime/app/config/files.h"
#include "runtime/app/modes/find_for.h"
#include "runtime/app/modes/held_bounds.h"
#include "runtime/app/modes/image_of_model.h"
#include "runtime/base/cpu_room.h"
#include "runtime/base/memory_gate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace tideline::modes {
namespace {

Result<NamedModel> load(const config::Config& config, const std::string& name, const std::string& file, Load how,
                        const std::shared_ptr<MemoryGate>& decoding) {
  const auto* const inputs = find_for(config.inputs, name);
  const auto* const outputs = find_for(config.outputs, name);
  std::optional<config::ImageSettings> settings;
  std::optional<codec::ImageInput> image;
  // Edge and cloud give an image the same form, or their models have two digests.
  const auto describe_image = [&](std::span<const TensorSpec> specs, const std::string& json) -> Result<std::string> {
    auto found = image_settings_of(config, name, json);
    if (!found || !*found) return found ? Result<std::string>(std::string()) : found.error();
    auto taken = image_input_of(**found, specs);
    if (!taken) return taken.error();
    settings = **std::move(found);
    image = *std::move(taken);
    image->memory = decoding;
    return image::canonical(image->preparation);
  };
  auto model = model::Model::load(file, {.inputs = inputs ? *inputs : std::vector<TensorSpec>{},
                                         .outputs = outputs ? *outputs : std::vector<std::string>{},
                                         .image = describe_image,
                                         .precision = config.compute.precision,
                                         .device = config.compute.device,
                                         .kernels = config.compute.kernels,
                                         .max_batch = config.compute.max_batch,
                                         .memory = how == Load::whole ? std::nullopt : config.edge.memory});
  if (!model) return model.error();
  NamedModel named{name, *std::move(model), nullptr, nullptr};
  if (!image) return named;
  auto task = task_of(*settings, *image, named.model->outputs());
  if (!task) return task.error().within(name);
  named.image = std::make_shared<const codec::ImageInput>(*image);
  named.task = std::make_shared<const task::Task>(*std::move(task));
  return named;
}

}  // namespace

int compute_threads(const config::Config& config) {
  if (config.compute.threads > 0) return config.compute.threads;
  const auto room = cpu_room({});
  return room ? std::max(1, static_cast<int>(std::floor(room->capacity + 0.5))) : 1;
}

Result<void> check_files(const config::Config& config) {
  for (const auto& [name, file] : config.models)
    if (!config::readable(file))
      return error(ErrorKind::invalid, "{}: no such file, or no permission to read it", file);
  return {};
}

Result<std::vector<NamedModel>> load_models(const config::Config& config, Load how) {
  if (config.models.empty())
    return error(ErrorKind::invalid, "no model is given; name one with --model NAME=FILE, or make one with --zoo");
  model::set_compute_threads(compute_threads(config));
  const auto decoding = std::make_shared<MemoryGate>(held_bounds(config).all);
  std::vector<NamedModel> models;
  for (const auto& [name, file] : config.models) {
    auto model = load(config, name, file, how, decoding);
    if (!model) return model.error();
    models.push_back(*std::move(model));
  }
  return models;
}

Result<NamedModel> load_only_model(const config::Config& config, Load how) {
  if (config.models.size() > 1)
    return error(ErrorKind::invalid, "{} models are given, but this mode works on one; give one", config.models.size());
  auto models = load_models(config, how);
  if (!models) return models.error();
  return std::move(models->front());
}

Result<NamedModel> load_only_model_in_fp32(const config::Config& config) {
  config::Config exact = config;
  exact.compute.precision = Precision::fp32;
  return load_only_model(exact);
}

}  // namespace tideline::modes
