#include "profiler/fit/statistics.h"
#include "runtime/app/print/inspection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tideline::print {
namespace {

using Json = nlohmann::ordered_json;

Json tensor_json(const TensorSpec& spec) {
  return {{"name", spec.name}, {"dtype", name(spec.dtype)}, {"shape", spec.shape}};
}

Json tensors_json(std::span<const TensorSpec> specs) {
  Json list = Json::array();
  for (const TensorSpec& spec : specs) list.push_back(tensor_json(spec));
  return list;
}

Json cut_json(const model::Cut& cut, bool held, const Inspection& seen) {
  Json json{{"index", cut.index},
            {"name", cut.name},
            {"tensors", tensors_json(cut.tensors)},
            {"bytes", cut.bytes.count},
            {"head_parameters_bytes", cut.head_parameters.count},
            {"tail_parameters_bytes", cut.tail_parameters.count},
            {"head_memory_bytes", cut.head_memory.count},
            {"held", held},
            {"dominated", cut.dominated}};
  if (!seen.checks.empty()) {
    json["exact"] = seen.checks[cut.index].exact;
    json["max_abs_error"] = seen.checks[cut.index].max_abs_error;
  }
  if (!seen.times.empty()) {
    json["head_ms"] = milliseconds(seen.times[cut.index].head);
    json["tail_ms"] = milliseconds(seen.times[cut.index].tail);
    json["over_whole"] = seen.times[cut.index].over_whole;
  }
  return json;
}

std::vector<double> ratios(const Inspection& seen) {
  std::vector<double> all;
  all.reserve(seen.times.size());
  for (const CutTimes& t : seen.times) all.push_back(t.over_whole);
  return all;
}

std::string row(const model::Cut& cut, const Inspection& seen) {
  std::vector<std::string> crossing;
  crossing.reserve(cut.tensors.size());
  for (const TensorSpec& spec : cut.tensors) crossing.push_back(to_string(spec));
  std::string text =
      fmt::format("{:>4}  {:<38} {:>10} {:>10} {:>10} {:>10}", cut.index, cut.name.substr(0, 38), to_string(cut.bytes),
                  to_string(cut.head_parameters), to_string(cut.tail_parameters), to_string(cut.head_memory));
  if (!seen.checks.empty())
    text +=
        seen.checks[cut.index].exact ? "  exact" : fmt::format("  off by {:.3g}", seen.checks[cut.index].max_abs_error);
  if (!seen.times.empty()) {
    const CutTimes& t = seen.times[cut.index];
    text += fmt::format("  {:>8.3f} {:>8.3f}  {:.3f}", milliseconds(t.head), milliseconds(t.tail), t.over_whole);
  }
  return text + fmt::format("  {}\n", fmt::join(crossing, " "));
}

Json region_json(const cuts::Region& region) {
  return {{"after", region.after}, {"operators", region.operators}, {"why", region.why}};
}

std::string region_line(const model::Model& model, const cuts::Region& region) {
  const auto cuts = model.cuts();
  return fmt::format("not divided between {} ({}) and {} ({}), {} operators: {}\n", region.after,
                     cuts[region.after].name, region.after + 1, cuts[region.after + 1].name, region.operators,
                     region.why);
}

std::string named(std::span<const TensorSpec> specs) {
  std::vector<std::string> texts;
  for (const TensorSpec& spec : specs) texts.push_back(spec.name + " " + to_string(spec));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string signature_text(const model::Model& model) {
  std::string text = fmt::format("takes {}; gives {}\n", named(model.inputs()), named(model.outputs()));
  if (!model.defaults().empty())
    text += fmt::format("inputs that are left at their defaults: {}\n", fmt::join(model.defaults(), ", "));
  return text;
}

std::string heading(const Inspection& seen) {
  std::string text =
      fmt::format("{:>4}  {:<38} {:>10} {:>10} {:>10} {:>10}", "cut", "after", "crosses", "head", "tail", "head needs");
  if (!seen.checks.empty()) text += "  equal";
  if (!seen.times.empty()) text += fmt::format("  {:>8} {:>8}  {}", "head ms", "tail ms", "/whole");
  return text + "  tensors\n";
}

std::string summary(const Inspection& seen) {
  std::string text;
  if (!seen.checks.empty())
    text += fmt::format("{} of {} cuts are bit-exact\n", std::ranges::count(seen.checks, true, &CutCheck::exact),
                        seen.checks.size());
  if (!seen.times.empty())
    text += fmt::format("whole {:.3f} ms; head + tail over whole: median {:.3f}, worst {:.3f}\n",
                        milliseconds(seen.whole), fit::median(ratios(seen)), std::ranges::max(ratios(seen)));
  if (seen.resident_all_cuts.count > 0)
    text += fmt::format("resident: {} after the whole ran, {} after every cut ran\n", to_string(seen.resident_whole),
                        to_string(seen.resident_all_cuts));
  if (seen.agreement) text += fmt::format("agrees with fp32: {}\n", to_string(*seen.agreement));
  return text;
}

}  // namespace

std::string inspection_text(const std::string& name, const model::Model& model, const Inspection& seen, bool all) {
  std::string text = fmt::format("{} {:.12} in {} on {} by {}, {} of parameters, {} cuts\n", name, model.digest(),
                                 tideline::name(model.precision()), to_string(model.device()),
                                 tideline::name(model.kernels()), to_string(model.parameters()), model.cuts().size());
  text += signature_text(model);
  text += heading(seen);
  std::size_t hidden = 0;
  for (const model::Cut& cut : model.cuts().first(model.deepest_cut() + 1)) {
    if (cut.dominated && !all) ++hidden;
    if (!cut.dominated || all) text += row(cut, seen);
  }
  if (hidden > 0)
    text += fmt::format("      {} cuts that an earlier one beats are not shown; --all shows them\n", hidden);
  for (const cuts::Region& region : model.undivided()) text += region_line(model, region);
  return text + summary(seen);
}

std::string inspection_json(const std::string& name, const model::Model& model, const Inspection& seen) {
  Json json{{"model", name},
            {"digest", model.digest()},
            {"precision", tideline::name(model.precision())},
            {"device", to_string(model.device())},
            {"kernels", tideline::name(model.kernels())},
            {"inputs", tensors_json(model.inputs())},
            {"outputs", tensors_json(model.outputs())},
            {"defaults", model.defaults()},
            {"cuts", Json::array()}};
  for (const model::Cut& cut : model.cuts())
    json["cuts"].push_back(cut_json(cut, cut.index <= model.deepest_cut(), seen));
  json["regions"] = Json::array();
  for (const cuts::Region& region : model.undivided()) json["regions"].push_back(region_json(region));
  if (!seen.times.empty()) {
    json["whole_ms"] = milliseconds(seen.whole);
    json["over_whole"] = {{"median", fit::median(ratios(seen))}, {"worst", std::ranges::max(ratios(seen))}};
  }
  if (seen.resident_all_cuts.count > 0)
    json["resident_bytes"] = {{"whole", seen.resident_whole.count}, {"all_cuts", seen.resident_all_cuts.count}};
  if (seen.agreement)
    json["agreement"] = {
        {"top1", seen.agreement->top1}, {"max_error", seen.agreement->max_error}, {"inputs", seen.agreement->inputs}};
  return json.dump(2) + "\n";
}

}  // namespace tideline::print
