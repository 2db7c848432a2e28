#include "runtime/app/modes/parts.h"

#include "policy/table/table_json.h"
#include "runtime/app/config/files.h"
#include "runtime/app/config/version.h"
#include "runtime/base/cpu_room.h"
#include "runtime/base/file.h"
#include "runtime/base/kernel_files.h"
#include "runtime/base/memory_room.h"
#include "runtime/base/outside.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace tideline::modes {
namespace {

int compute_threads(const config::Config& config) {
  if (config.compute.threads > 0) return config.compute.threads;
  const auto room = cpu_room({});
  return room ? std::max(1, static_cast<int>(std::floor(room->capacity + 0.5))) : 1;
}

Result<NamedModel> load(const config::Config& config, const std::string& name, const std::string& file, Load how) {
  const auto* const inputs = find_for(config.inputs, name);
  auto model = model::Model::load(file, {.inputs = inputs ? *inputs : std::vector<TensorSpec>{},
                                         .precision = config.compute.precision,
                                         .device = config.compute.device,
                                         .max_batch = config.compute.max_batch,
                                         .memory = how == Load::whole ? std::nullopt : config.edge.memory});
  if (!model) return model.error();
  return NamedModel{name, *std::move(model)};
}

std::string cpu_name() {
  const auto text = read_small_file("/proc/cpuinfo");
  if (!text) return "unknown";
  const std::size_t key = text->find("model name");
  if (key == std::string::npos) return "unknown";
  const std::size_t from = text->find(": ", key) + 2;
  return text->substr(from, text->find('\n', from) - from);
}

// Returns invalid unless the table was measured with this model, these cuts and this precision.
Result<void> check_origin(const table::PartitionTable::Origin& origin, const NamedModel& named) {
  const std::string& ours = named.model->digest();
  if (origin.model != ours && model::of_one_file(origin.model, ours))
    return error(ErrorKind::invalid,
                 "it was measured for other cuts of the file of {} (with another --input, or another version of "
                 "Tideline or libtorch); measure again with --profile",
                 named.name);
  if (origin.model != ours)
    return error(ErrorKind::invalid, "it was measured for {} {:.12} but {} is {:.12}; measure this file with --profile",
                 origin.model_name, origin.model, named.name, ours);
  if (const Precision then = origin.precisions.edge; then != named.model->precision())
    return error(ErrorKind::invalid,
                 "it was measured with {} on the edge, but this edge computes in {}; measure again with --profile, or "
                 "set compute.precision = \"{}\"",
                 name(then), name(named.model->precision()), name(then));
  return {};
}

}  // namespace

Log make_log(const config::Config& config) {
  auto log = std::make_shared<spdlog::logger>("agent", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  log->set_formatter(line_format(std::getenv("JOURNAL_STREAM") ? "%P%v" : "%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v"));
  log->set_level(spdlog::level::from_str(config.log_level));
  log->flush_on(spdlog::level::debug);
  return log;
}

config::ExitCode fail(const Error& error, config::ExitCode code) {
  std::fprintf(stderr, "agent: %s\n", outside_text(error.message, kLongestLine).c_str());
  return code;
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
  std::vector<NamedModel> models;
  for (const auto& [name, file] : config.models) {
    auto model = load(config, name, file, how);
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

Result<std::shared_ptr<const table::PartitionTable>> load_table(const config::Config& config, const NamedModel& model) {
  const std::string* const file = find_for(config.tables, model.name);
  if (!file) return std::shared_ptr<const table::PartitionTable>();
  const auto text = read_regular(*file, config::kLongestTable);
  if (!text) return text.error();
  auto table = table::parse_table(*text);
  if (!table) return table.error().within(*file);
  if (const auto fits = check_origin(table->origin(), model); !fits) return fits.error().within(*file);
  return std::make_shared<const table::PartitionTable>(*std::move(table));
}

std::string why_not_held(const link::LinkState& cloud, const NamedModel& named) {
  const std::string& ours = named.model->digest();
  if (cloud.models.contains(ours)) return {};
  const auto same_file = [&ours](const auto& theirs) { return model::of_one_file(theirs.first, ours); };
  if (std::ranges::any_of(cloud.models, same_file))
    return fmt::format(
        "the cloud at {} holds the file of {}, but with other cuts; give both sides the same --input, and the same "
        "versions of Tideline and libtorch",
        cloud.peer, named.name);
  return fmt::format("the cloud at {} does not hold {} {:.12}; start it with the same file", cloud.peer, named.name,
                     ours);
}

Budget::Bounds held_bounds(const config::Config& config) {
  Budget::Bounds bounds = Budget::usual();
  if (config.held.all) bounds = {*config.held.all, {config.held.all->count / 2}};
  if (config.held.per_peer) bounds.per_peer = *config.held.per_peer;
  return bounds;
}

std::map<std::string, std::string> fingerprint() {
  utsname kernel{};
  uname(&kernel);
  const auto memory = memory_room({});
  const auto cpu = cpu_room({});
  const model::EngineVersion engine = model::engine_version();
  return {{"agent", std::string(config::version())},
          {"cpu", cpu_name()},
          {"cores", cpu ? fmt::format("{:.3g}", cpu->capacity) : "unknown"},
          {"memory", memory ? to_string(memory->total) : "unknown"},
          {"kernel", fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.machine)},
          {"libtorch", engine.libtorch},
          {"blas", engine.blas},
          {"simd", engine.simd},
          {"threads", std::to_string(engine.threads)}};
}

std::string now_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace tideline::modes
