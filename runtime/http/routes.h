// Routes: maps the path of a request to a door, which is one kind of answer. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

enum class Door {
  index,
  web_file,  // Any path below /ui.
  events,
  metrics,
  status,
  server_metadata,
  live,
  ready,
  all_stats,
  model_metadata,
  model_ready,
  model_config,
  model_stats,
  infer,
  ping,
  prediction,
  detection,
  repository_index,
  repository_control,
};

struct Route {
  Door door = Door::index;
  std::string_view model;    // Part of the path; empty if the door is not a model's, or the path names none.
  std::string_view version;  // Empty if the path names none.
};

// Returns nothing if no door has that path. One slash at the end makes no difference. The result points into `path`.
std::optional<Route> find_route(std::string_view path);

// Returns the methods that the door supports, as the header Allow has them: "GET, HEAD".
std::string_view methods_of(Door door);

bool supports(Door door, std::string_view method);

// Returns true iff the door only says whether the server is well, which a load balancer asks without a token.
bool is_health(Door door);

}  // namespace tideline::http
