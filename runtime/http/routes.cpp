#include "runtime/http/routes.h"

#include <utility>
#include <vector>

namespace tideline::http {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t slash = 0; slash != std::string_view::npos; path.remove_prefix(slash + 1)) {
    slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
  }
  return parts;
}

std::optional<Door> fixed_door(std::string_view path) {
  static constexpr std::pair<std::string_view, Door> kDoors[] = {
      {"", Door::index},
      {"metrics", Door::metrics},
      {"api/status", Door::status},
      {"api/events", Door::events},
      {"v2", Door::server_metadata},
      {"v2/health/live", Door::live},
      {"v2/health/ready", Door::ready},
      {"v2/models/stats", Door::all_stats},
      {"v2/repository/index", Door::repository_index},
      {"ping", Door::ping},
      {"v1/vision/detection", Door::detection},
  };
  for (const auto& [known, door] : kDoors)
    if (path == known) return door;
  if (path.starts_with("ui/")) return Door::web_file;
  return std::nullopt;
}

std::optional<Door> oip_door(std::string_view last) {
  if (last == "ready") return Door::model_ready;
  if (last == "config") return Door::model_config;
  if (last == "stats") return Door::model_stats;
  if (last == "infer") return Door::infer;
  return std::nullopt;
}

// v2/models/{model}[/versions/{version}][/{door}]
std::optional<Route> oip_route(const std::vector<std::string_view>& parts) {
  if (parts.size() < 3 || parts[0] != "v2" || parts[1] != "models" || parts[2].empty()) return std::nullopt;
  Route route{Door::model_metadata, parts[2], {}};
  std::size_t next = 3;
  if (parts.size() >= 5 && parts[3] == "versions") {
    route.version = parts[4];
    next = 5;
  }
  if (parts.size() == next) return route;
  const auto door = oip_door(parts[next]);
  if (parts.size() != next + 1 || !door) return std::nullopt;
  route.door = *door;
  return route;
}

// v2/repository/models/{model}/load or .../unload. No door of a model's: its answer does not depend on the model.
std::optional<Route> control_route(const std::vector<std::string_view>& parts) {
  if (parts.size() != 5 || parts[0] != "v2" || parts[1] != "repository" || parts[2] != "models") return std::nullopt;
  if (parts[3].empty() || (parts[4] != "load" && parts[4] != "unload")) return std::nullopt;
  return Route{Door::repository_control, {}, {}};
}

// predictions/{model}[/{version}]
std::optional<Route> torchserve_route(const std::vector<std::string_view>& parts) {
  if (parts.size() < 2 || parts.size() > 3 || parts[0] != "predictions" || parts[1].empty()) return std::nullopt;
  return Route{Door::prediction, parts[1], parts.size() == 3 ? parts[2] : std::string_view()};
}

// v1/vision/custom/{model}
std::optional<Route> deepstack_route(const std::vector<std::string_view>& parts) {
  if (parts.size() != 4 || parts[0] != "v1" || parts[1] != "vision" || parts[2] != "custom" || parts[3].empty())
    return std::nullopt;
  return Route{Door::detection, parts[3], {}};
}

}  // namespace

std::optional<Route> find_route(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (const auto door = fixed_door(path)) return Route{*door, {}, {}};
  const auto parts = split(path);
  if (const auto route = oip_route(parts)) return route;
  if (const auto route = control_route(parts)) return route;
  if (const auto route = torchserve_route(parts)) return route;
  return deepstack_route(parts);
}

std::string_view methods_of(Door door) {
  switch (door) {
    case Door::infer:
    case Door::detection:
    case Door::repository_index:
    case Door::repository_control:
      return "POST";
    case Door::prediction:
      return "POST, PUT";  // PUT is what `curl -T FILE` sends, as in TorchServe's examples.
    default:
      return "GET, HEAD";
  }
}

bool supports(Door door, std::string_view method) {
  const std::string_view known = methods_of(door);
  const std::size_t comma = known.find(", ");
  return method == known.substr(0, comma) || (comma != known.npos && method == known.substr(comma + 2));
}

bool is_health(Door door) {
  return door == Door::live || door == Door::ready || door == Door::ping;
}

}  // namespace tideline::http
