// A client of the agents that tests run: asks lenet over HTTP.
#pragma once

#include "tests/support/agent.h"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tideline {

using nlohmann::json;

inline const std::string kInfer = "/v2/models/lenet/infer";

inline std::string body(json parameters = json::object(), const std::string& input = "x") {
  std::vector<float> pixels(28 * 28);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i % 17) / 17;
  return json{{"parameters", parameters},
              {"inputs", {{{"name", input}, {"datatype", "FP32"}, {"shape", {1, 1, 28, 28}}, {"data", pixels}}}}}
      .dump();
}

struct Answer {
  int status = 0;
  json parameters;
  json data;
};

inline Answer infer(std::uint16_t port, json parameters = json::object()) {
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(std::chrono::seconds(30));
  const json metadata = json::parse(client.Get("/v2/models/lenet")->body);
  const std::string text = body(std::move(parameters), metadata["inputs"][0]["name"]);
  const auto response = client.Post(kInfer, text, "application/json");
  if (!response) return {};
  const json parsed = json::parse(response->body);
  if (response->status != 200) return {response->status, parsed, {}};
  return {200, parsed["parameters"], parsed["outputs"][0]["data"]};
}

inline json status(std::uint16_t port) {
  return json::parse(httplib::Client("127.0.0.1", port).Get("/api/status")->body);
}

inline bool linked(std::uint16_t port) {
  return status(port)["link"]["up"].get<bool>();
}

inline std::string local_address(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

}  // namespace tideline
