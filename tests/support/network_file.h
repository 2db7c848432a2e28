// Network file: writes a small TorchScript network, for tests of rooms that do not see libtorch.
#pragma once

#include <filesystem>
#include <string>

namespace tideline {

// Writes a network whose forward is `source`. It owns the matrix m [4,8] of numbers from -1.6 to 1.5.
void write_network_file(const std::filesystem::path& file, const std::string& source, const std::string& inputs_json);

}  // namespace tideline
