#include "tests/support/network_file.h"

#include <ATen/Functions.h>
#include <torch/csrc/jit/api/module.h>

#include <fstream>

namespace tideline {

void write_network_file(const std::filesystem::path& file, const std::string& source, const std::string& inputs_json) {
  torch::jit::Module network("Network");
  network.register_attribute("training", c10::BoolType::get(), false);
  auto m = at::empty({4, 8}, at::kFloat);
  for (int i = 0; i < 32; ++i) m.data_ptr<float>()[i] = 0.1F * static_cast<float>((i * 7) % 32 - 16);
  network.register_parameter("m", m, false);
  network.define(source);
  std::ofstream out(file, std::ios::binary);
  network.save(out, {{"inputs.json", inputs_json}});
}

}  // namespace tideline
