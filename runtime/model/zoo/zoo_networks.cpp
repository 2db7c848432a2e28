#include "runtime/model/zoo/zoo_networks.h"

#include "runtime/model/graph/complaint.h"
#include "runtime/model/zoo/zoo_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tideline::zoo {
namespace {

struct Plan {
  std::string_view name;
  Layer (*make)(LayerFactory&);
  std::string_view input;
};

constexpr std::string_view kPhoto = "fp32[1,3,224,224]";

constexpr Plan kPlans[] = {{"alexnet", alexnet, kPhoto},
                           {"densenet121", densenet121, kPhoto},
                           {"googlenet", googlenet, kPhoto},
                           {"lenet", lenet, "fp32[1,1,28,28]"},
                           {"mobilenet", mobilenet, kPhoto},
                           {"resnet50", resnet50, kPhoto},
                           {"resnet50v2", resnet50v2, kPhoto},
                           {"vgg16", vgg16, kPhoto},
                           {"vgg19", vgg19, kPhoto}};

}  // namespace

const std::vector<std::string_view>& network_names() {
  static const auto kNames = [] {
    std::vector<std::string_view> names;
    for (const auto& plan : kPlans) names.push_back(plan.name);
    return names;
  }();
  return kNames;
}

// Writes through a stream, so that neither the archive nor its digest depends on the file's name.
Result<void> write_network(std::string_view name, std::uint64_t seed, const std::string& file) {
  const auto plan = *std::find_if(std::begin(kPlans), std::end(kPlans), [&](const Plan& p) { return p.name == name; });
  try {
    LayerFactory workshop(seed);
    const auto network = plan.make(workshop);
    std::ofstream out(file, std::ios::binary);
    if (!out) return error(ErrorKind::internal, "{}: cannot write", file);
    network.save(out, {{"inputs.json", fmt::format("[\"{}\"]", plan.input)}});
    out.close();
    return out ? Result<void>()
               : error(ErrorKind::internal, "{}: cannot write it completely; check that the disk is not full", file);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::internal, "{}: libtorch cannot write it: {}", file, graph::complaint(thrown));
  }
}

}  // namespace tideline::zoo
