#include "runtime/model/graph/operators.h"

#include <dlfcn.h>
#include <glob.h>
#include <link.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tideline::graph {
namespace {

constexpr std::string_view kLibtorch = "libtorch_cpu.so";

std::vector<std::string> found(const std::string& pattern) {
  glob_t matches{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), 0, nullptr, &matches) == 0)
    files.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  ::globfree(&matches);
  return files;
}

// Returns the name and version of the libtorch in this process: "libtorch_cpu.so.1.13".
std::string own_libtorch() {
  std::string name;
  const auto look = [](dl_phdr_info* library, std::size_t, void* into) {
    const std::string file = std::filesystem::path(library->dlpi_name).filename().string();
    if (file.rfind(kLibtorch, 0) == 0) *static_cast<std::string*>(into) = file;
    return 0;
  };
  ::dl_iterate_phdr(look, &name);
  return name;
}

// Returns true iff the file needs that libtorch: a library for another one would load a second libtorch.
bool is_for(const std::string& file, const std::string& libtorch) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.find(libtorch + '\0') != std::string::npos;
}

}  // namespace

bool needs_torchvision(std::string_view complaint) {
  return complaint.find("Unknown builtin op: torchvision::") != std::string_view::npos;
}

Result<void> load_torchvision(const std::string& where) {
  const std::string libtorch = own_libtorch();
  std::string why = "it is not installed";
  for (const std::string& file : found(where)) {
    if (!is_for(file, libtorch)) {
      why = file + " was built for another version of libtorch than " + libtorch;
      continue;
    }
    if (::dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL) != nullptr) return {};
    const char* const said = ::dlerror();
    why = said == nullptr ? file + " cannot be loaded" : said;
  }
  return error(ErrorKind::invalid,
               "it needs operators of torchvision, and {}; install Debian's package python3-torchvision, or save the "
               "network without them",
               why);
}

}  // namespace tideline::graph
