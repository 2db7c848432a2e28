// Loads the models of the config.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/result.h"
#include "runtime/codec/image_codec.h"
#include "runtime/model/api/model.h"
#include "runtime/task/task.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline::modes {

// Returns invalid, for ExitCode::no_input, if the file of a model is missing or not readable.
Result<void> check_files(const config::Config& config);

struct NamedModel {
  std::string name;
  std::shared_ptr<const model::Model> model;
  std::shared_ptr<const codec::ImageInput> image;  // Null: it takes no images.
  std::shared_ptr<const task::Task> task;          // Never null if it takes images.
};

// How much of each model to load: all of it, or only the heads that edge.memory allows.
enum class Load { whole, within_budget };

// Returns how many threads compute one run: those of the config, or as many as this process may use.
int compute_threads(const config::Config& config);

// Sets the number of compute threads, then loads every model of the config. Returns invalid if there is none.
Result<std::vector<NamedModel>> load_models(const config::Config& config, Load how = Load::whole);
// The same for modes that work on one model; returns invalid if there are several.
Result<NamedModel> load_only_model(const config::Config& config, Load how = Load::whole);

// The same in fp32, whatever the config says, to compare with. It is a second network in memory until it is destroyed.
Result<NamedModel> load_only_model_in_fp32(const config::Config& config);

}  // namespace tideline::modes
