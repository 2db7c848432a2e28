#include "runtime/http/http_server.h"
#include "tests/runtime/http/flood.h"
#include "tests/runtime/http/raw_client.h"
#include "tests/support/temporary.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

TEST(HttpServer, TwentyThousandConnectionsThatWereResetCostNothing) {
  HttpServer::Options options;
  options.max_connections = 16;
  const auto server = HttpServer::start(
      options, [](const HttpRequest& request) { return HttpResponse{.body = request.path}; }, silent_log());
  ASSERT_TRUE(server) << server.error().message;
  const std::uint16_t port = (*server)->port();
  EXPECT_GT(reset_connections(port, 20'000), 10'000);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(port, get("/still"))->body, "/still");
  EXPECT_EQ(ask(port, post("/", "x"))->status, 200);
}

}  // namespace
}  // namespace tideline::http
