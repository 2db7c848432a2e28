// An inference over the binary protocol: client [URL] [MODEL]
//
//   g++ -std=c++17 examples/client.cpp $(pkg-config --cflags --libs cpp-httplib) -o client
//
// A body is JSON, and then the bytes of the tensors. The header Inference-Header-Content-Length says how long the JSON
// is.
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

using nlohmann::json;

namespace {

constexpr auto* kJsonSize = "Inference-Header-Content-Length";

// Ends the program unless the answer came and is no error.
const httplib::Response& good(const httplib::Result& result) {
  if (result && result->status == 200) return *result;
  std::cerr << (result ? result->body : httplib::to_string(result.error())) << '\n';
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
  const std::string model = std::string("/v2/models/") + (argc > 2 ? argv[2] : "lenet");
  httplib::Client client(url);

  const json spec = json::parse(good(client.Get(model)).body)["inputs"][0];
  std::vector<std::int64_t> shape = spec["shape"];
  std::size_t count = 1;
  for (std::int64_t& size : shape) {
    size = std::max<std::int64_t>(size, 1);  // -1: any batch.
    count *= static_cast<std::size_t>(size);
  }
  const std::vector<float> tensor(count, 0.5F);
  const std::size_t bytes = count * sizeof(float);

  std::string body = json{{"parameters", {{"binary_data_output", true}}},
                          {"inputs",
                           {{{"name", spec["name"]},
                             {"datatype", spec["datatype"]},
                             {"shape", shape},
                             {"parameters", {{"binary_data_size", bytes}}}}}}}
                         .dump();
  const httplib::Headers headers{{kJsonSize, std::to_string(body.size())}};
  body.append(reinterpret_cast<const char*>(tensor.data()), bytes);
  const auto result = client.Post(model + "/infer", headers, body, "application/octet-stream");

  const httplib::Response& response = good(result);
  const std::size_t size = std::stoul(response.get_header_value(kJsonSize));
  const json answer = json::parse(response.body.substr(0, size));
  std::vector<float> scores(answer["outputs"][0]["parameters"]["binary_data_size"].get<std::size_t>() / sizeof(float));
  std::memcpy(scores.data(), response.body.data() + size, scores.size() * sizeof(float));
  const auto best = std::max_element(scores.begin(), scores.end());
  std::cout << "class " << best - scores.begin() << ", score " << *best << "; "
            << answer["parameters"]["placement"].get<std::string>() << ", cut " << answer["parameters"]["cut"] << '\n';
}
