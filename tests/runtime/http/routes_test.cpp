#include "runtime/http/routes.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(Routes, EveryDoorHasItsPathWithOrWithoutASlashAtTheEnd) {
  const std::pair<const char*, Door> doors[] = {
      {"/", Door::index},
      {"/metrics", Door::metrics},
      {"/api/status", Door::status},
      {"/api/events", Door::events},
      {"/ui/app.js", Door::web_file},
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
      {"/v2/repository/index", Door::repository_index},
      {"/v2/repository/models/m/load", Door::repository_control},
      {"/v2/repository/models/m/unload", Door::repository_control},
      {"/ping", Door::ping},
      {"/predictions/m", Door::prediction},
      {"/predictions/m/1", Door::prediction},
      {"/v1/vision/detection", Door::detection},
      {"/v1/vision/custom/m", Door::detection},
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

TEST(Routes, TellsModelAndVersionOfTheOtherProtocolsToo) {
  EXPECT_EQ(find_route("/predictions/my net/12")->model, "my net");
  EXPECT_EQ(find_route("/predictions/my net/12")->version, "12");
  EXPECT_EQ(find_route("/predictions/my net/")->version, "");
  EXPECT_EQ(find_route("/v1/vision/custom/my net")->model, "my net");
  EXPECT_EQ(find_route("/v1/vision/detection")->model, "");
}

TEST(Routes, EveryDoorSaysItsMethods) {
  EXPECT_EQ(methods_of(Door::prediction), "POST, PUT");
  EXPECT_EQ(methods_of(Door::detection), "POST");
  EXPECT_EQ(methods_of(Door::ping), "GET, HEAD");
  for (const char* method : {"POST", "PUT"}) EXPECT_TRUE(supports(Door::prediction, method)) << method;
  for (const char* method : {"GET", "HEAD"}) EXPECT_TRUE(supports(Door::index, method)) << method;
  for (const char* method : {"", "PUT", "HEAD", "post", "POST, PUT"})
    EXPECT_FALSE(supports(Door::infer, method)) << method;
}

TEST(Routes, OtherPathsLeadNowhere) {
  for (const char* path : {"",
                           "v2",
                           "/v1",
                           "/v2/models",
                           "/v2/models/",
                           "/v2/models//infer",
                           "/v2/models/m/nothing",
                           "/v2/models/m/versions",
                           "/v2/models/m/infer/more",
                           "/v2/models/m/versions/1/infer/more",
                           "/V2",
                           "/api",
                           "/predictions",
                           "/predictions/",
                           "/predictions//1",
                           "/predictions/m/1/more",
                           "/v1/vision",
                           "/v1/vision/detection/m",
                           "/v1/vision/custom",
                           "/v1/vision/custom/",
                           "/v1/vision/custom/m/1",
                           "/metrics/x",
                           "/../etc/passwd"})
    EXPECT_FALSE(find_route(path)) << path;
}

}  // namespace
}  // namespace tideline::http
