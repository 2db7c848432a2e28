// The golden files of the protocol.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace tideline::http {

inline std::string golden(const std::string& name) {
  std::ifstream file(std::string(TIDELINE_SOURCE) + "/tests/runtime/http/golden/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace tideline::http
