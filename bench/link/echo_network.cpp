// echo_network FILE INPUT COUNT: writes a network that returns the first COUNT numbers of each row of its INPUT.
//
// Its tail takes almost no time, so that the benchmark measures the link. INPUT: "fp32[1,46656]".
#include <fmt/format.h>
#include <torch/script.h>

#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: echo_network FILE INPUT COUNT\n";
    return 64;
  }
  try {
    torch::jit::Module network("echo");
    network.define(fmt::format("def forward(self, x):\n  return x[:, :{}]\n", std::stoi(argv[3])));
    network.eval();
    network.save(argv[1], {{"inputs.json", fmt::format("[\"{}\"]", argv[2])}});
  } catch (const std::exception& thrown) {
    std::cerr << "echo_network: " << thrown.what() << "\n";
    return 73;
  }
  return 0;
}
