#include "runtime/app/modes/campaign.h"

#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/grid.h"
#include "runtime/app/config/toml_file.h"
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/sequence.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace tideline::modes {
namespace {

Result<std::set<std::uint32_t>> parse_indices(std::string_view text, const model::Model& model) {
  std::set<std::uint32_t> cuts;
  while (!text.empty()) {
    std::uint32_t cut = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), cut);
    if (failed != std::errc{} || cut > model.last_cut())
      return error(ErrorKind::invalid, "there is no cut '{}'; the cuts are 0 to {}", text.substr(0, text.find(',')),
                   model.last_cut());
    cuts.insert(cut);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);  // The comma.
  }
  return cuts;
}

Result<std::set<std::uint32_t>> choose_cuts(const model::Model& model, std::string_view choice) {
  std::set<std::uint32_t> cuts;
  if (choice != "useful" && choice != "all") {
    auto listed = parse_indices(choice, model);
    if (!listed) return listed.error();
    cuts = *std::move(listed);
  } else {
    for (const model::Cut& cut : model.cuts())
      if (choice == "all" || !cut.dominated) cuts.insert(cut.index);
  }
  cuts.insert(model.last_cut());
  std::erase_if(cuts, [&](std::uint32_t cut) { return cut > model.deepest_cut(); });
  if (cuts.empty())
    return error(ErrorKind::invalid, "none of the cuts {} is held here; choose from 0 to {}", choice,
                 model.deepest_cut());
  return cuts;
}

Result<std::optional<BitsPerSecond>> parse_uplink(std::string_view text) {
  if (text == "unshaped") return std::optional<BitsPerSecond>();
  const auto rate = parse_rate(text);
  if (!rate) return rate.error();
  return std::optional(*rate);
}

Result<std::optional<Duration>> parse_delay(std::string_view text) {
  const auto delay = parse_duration(text);
  if (!delay) return delay.error();
  return *delay == Duration::zero() ? std::nullopt : std::optional(*delay);
}

template <typename T, typename Parse>
Result<void> read_axis(const toml::node& node, Parse parse, std::vector<T>& axis) {
  const toml::array* const list = node.as_array();
  if (!list) return error(ErrorKind::invalid, "expected a list of quantities in quotes");
  axis.clear();
  for (const toml::node& item : *list) {
    const auto* const text = item.as_string();
    if (!text) return error(ErrorKind::invalid, "expected a list of quantities in quotes");
    auto value = parse(text->get());
    if (!value) return value.error();
    axis.push_back(*std::move(value));
  }
  return {};
}

Result<void> read_axis(std::string_view key, const toml::node& node, campaign::Grid& grid) {
  if (key == "uplink") return read_axis(node, parse_uplink, grid.uplink);
  if (key == "edge_cpu") return read_axis(node, parse_share, grid.edge_cpu);
  if (key == "edge_memory") return read_axis(node, parse_share, grid.edge_memory);
  if (key == "cloud_cpu") return read_axis(node, parse_share, grid.cloud_cpu);
  if (key == "cloud_memory") return read_axis(node, parse_share, grid.cloud_memory);
  if (key == "rtt") return read_axis(node, parse_delay, grid.rtt);
  return error(ErrorKind::invalid,
               "there is no such axis; the axes are uplink, rtt, edge_cpu, edge_memory, cloud_cpu and cloud_memory");
}

Result<campaign::Grid> read_grid_file(const std::string& file) {
  const auto table = config::read_toml(file);
  if (!table) return table.error();
  campaign::Grid grid;
  for (const auto& [key, node] : *table)
    if (const auto read = read_axis(key.str(), node, grid); !read)
      return read.error().within(key.str()).within(fmt::format("{}:{}", file, node.source().begin.line));
  return grid;
}

// By default, lossy codecs are measured only if edge.min_top1, edge.max_error or edge.min_accuracy bounds their loss;
// steps also over real inputs, which may show that they are accurate enough, and over a sequence. A list that names no
// codec of images leaves them at the default.
std::vector<plan::Codec> codecs_of(const config::Config& config) {
  std::vector<plan::Codec> codecs = config.profile.codecs;
  const bool lossy = asks_accuracy(config);
  const bool real = config.profile.inputs || config.profile.sequence;
  const auto add = [&](std::span<const plan::Codec> kind) {
    if (std::ranges::any_of(kind, [&](plan::Codec c) { return std::ranges::find(codecs, c) != codecs.end(); })) return;
    for (const plan::Codec codec : kind)
      if (lossy || is_lossless(codec) || (real && is_of_steps(codec))) codecs.push_back(codec);
  };
  add(plan::tensor_codecs());
  add(plan::image_codecs());
  return codecs;
}

}  // namespace

Result<std::vector<journal::Candidate>> choose_candidates(const NamedModel& named, std::string_view choice,
                                                          std::span<const plan::Codec> codecs) {
  const model::Model& model = *named.model;
  const auto cuts = choose_cuts(model, choice);
  if (!cuts) return cuts.error();
  std::vector<journal::Candidate> candidates;
  for (const std::uint32_t index : *cuts) {
    const model::Cut& cut = model.cuts()[index];
    if (index == model.last_cut()) {
      candidates.push_back({{model.digest(), index, plan::Codec::fp32}, cut.name, {}});
      continue;
    }
    const bool image = index == 0 && named.image;
    for (const plan::Codec codec : codecs)
      if (is_of_images(codec) == image) candidates.push_back({{model.digest(), index, codec}, cut.name, cut.bytes});
  }
  return candidates;
}

Result<std::vector<plan::Stress>> read_grid(const std::string& name_or_file) {
  auto grid = std::filesystem::exists(name_or_file) ? read_grid_file(name_or_file) : campaign::named_grid(name_or_file);
  if (!grid) return grid.error();
  auto cells = campaign::cells_of(*grid);
  if (!cells) return cells.error().within(name_or_file);
  return cells;
}

Result<journal::Context> plan_campaign(const config::Config& config, const NamedModel& named,
                                       const link::LinkState& cloud) {
  auto cells = read_grid(config.profile.grid);
  if (!cells) return cells.error();
  auto candidates = choose_candidates(named, config.profile.cuts, codecs_of(config));
  if (!candidates) return candidates.error();
  std::vector<plan::Plan> plans;
  for (const journal::Candidate& candidate : *candidates) plans.push_back(candidate.plan);
  if (const auto steps = check_steps(config, plans); !steps) return steps.error();
  const std::vector<std::uint32_t> anchors = campaign::choose_anchors(*candidates);
  return journal::Context{.model = named.model->digest(),
                          .model_name = named.name,
                          .cuts = named.model->last_cut() + 1,
                          .cells = *std::move(cells),
                          .candidates = *std::move(candidates),
                          .method = config.profile.method,
                          .shards = config.profile.shard ? config.profile.shard->count : 1,
                          .shard = config.profile.shard ? std::optional(config.profile.shard->index) : std::nullopt,
                          .anchors = anchors,
                          .repetitions = config.profile.repetitions,
                          .compared = config.profile.compared,
                          .seed = config.profile.seed,
                          .edge = fingerprint(config),
                          .cloud = cloud.machine,
                          .precisions = {config.compute.precision, cloud.precision},
                          .created = now_utc()};
}

}  // namespace tideline::modes
