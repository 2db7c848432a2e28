#include "runtime/app/modes/image_of_model.h"

#include "runtime/app/modes/find_for.h"
#include "runtime/task/labels.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace tideline::modes {
namespace {

using nlohmann::json;

// A value in the form of the command line: numbers of a list are joined by commas.
std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string joined;
  for (const json& one : value) joined += (joined.empty() ? "" : ",") + one.dump();
  return joined;
}

Result<config::ImageSettings> parse_image_json(const std::string& text) {
  constexpr std::size_t kMost = 64 << 10;
  const json document = text.size() > kMost ? json() : json::parse(text, nullptr, false);
  if (!document.is_object())
    return error(ErrorKind::invalid,
                 "image.json in the file is not an object such as {{\"preset\": \"imagenet\"}}; give --image instead");
  config::ImageSettings settings;
  for (const auto& [key, value] : document.items())
    if (const auto set = config::set_image(settings, key, text_of(value)); !set)
      return set.error().within(key).within("image.json in the file");
  return settings;
}

}  // namespace

Result<std::optional<config::ImageSettings>> image_settings_of(const config::Config& config, const std::string& name,
                                                               const std::string& image_json) {
  std::optional<config::ImageSettings> settings;
  if (!image_json.empty()) {
    auto parsed = parse_image_json(image_json);
    if (!parsed) return parsed.error();
    settings = *std::move(parsed);
  }
  const config::ImageSettings* const given = find_for(config.images, name);
  if (!given) return settings;
  if (!settings || !given->preset.empty()) return std::optional(*given);  // Another preset replaces all.
  replace_set(*settings, *given);
  return settings;
}

Result<codec::ImageInput> image_input_of(const config::ImageSettings& settings, std::span<const TensorSpec> inputs) {
  if (inputs.size() != 1)
    return error(ErrorKind::invalid, "the network has {} inputs; only one of a single input can take images",
                 inputs.size());
  auto preparation = config::preparation_of(settings, inputs.front());
  if (!preparation) return preparation.error().within("images");
  return codec::ImageInput{*std::move(preparation), {}};
}

Result<task::Task> task_of(const config::ImageSettings& settings, const codec::ImageInput& image,
                           std::span<const TensorSpec> outputs) {
  task::Task task{.kind = settings.task.value_or(task::Kind::none)};
  if (!settings.labels.empty()) {
    auto labels = task::read_labels(settings.labels);
    if (!labels) return labels.error();
    task.labels = *std::move(labels);
  }
  return task::fitted(std::move(task), outputs, image.preparation.width, image.preparation.height);
}

http::Vision vision_of(const NamedModel& named) {
  if (!named.image) return {};
  return {&named.image->preparation, named.task.get()};
}

}  // namespace tideline::modes
