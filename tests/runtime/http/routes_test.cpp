#include "runtime/http/routes.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(Routes, EveryDoorHasItsPathWithOrWithoutASlashAtTheEnd) {
  const std::pair<const char*, Door> doors[] = {
      {"/", Door::index},
      {"/metrics", Door::metrics},
      {"/api/status", Door::status},
      {"/v2", Door::server_metadata},
      {"/v2/health/live", Door::live},
      {"/v2/health/ready", Door::ready},
      {"/v2/models/stats", Door::all_stats},
      {"/v2/models/m", Door::model_metadata},
      {"/v2/models/m/ready", Door::model_ready},
      {"/v2/models/m/versions/1/config", Door::model_config},
      {"/v2/models/m/stats", Door::model_stats},
      {"/v2/models/m/versions/1", Door::model_metadata},
      {"/v2/models/m/versions/1/infer", Door::infer},
  };
  for (const auto& [path, door] : doors) {
    for (const std::string& spelled : {std::string(path), std::string(path) + "/"}) {
      if (spelled == "//") continue;
      const auto route = find_route(spelled);
      ASSERT_TRUE(route) << spelled;
      EXPECT_EQ(route->door, door) << spelled;
    }
  }
}

TEST(Routes, TellsModelAndVersion) {
  const std::string path = "/v2/models/my net/versions/12/infer";
  const auto route = find_route(path);
  ASSERT_TRUE(route);
  EXPECT_EQ(route->model, "my net");
  EXPECT_EQ(route->version, "12");
}

TEST(Routes, OtherPathsLeadNowhere) {
  for (const char* path : {"", "v2", "/v1", "/v2/models", "/v2/models/", "/v2/models//infer", "/v2/models/m/nothing",
                           "/v2/models/m/versions", "/v2/models/m/infer/more", "/v2/models/m/versions/1/infer/more",
                           "/V2", "/api", "/metrics/x", "/../etc/passwd"})
    EXPECT_FALSE(find_route(path)) << path;
}

}  // namespace
}  // namespace tideline::http
