#include "runtime/model/api/split.h"

#include "runtime/model/api/halves.h"

#include <system_error>

namespace tideline::model {

Result<void> write_split(const Model& model, const std::filesystem::path& file, std::uint32_t cut,
                         const std::filesystem::path& folder) {
  if (cut == 0 || cut >= model.last_cut()) {
    return error(ErrorKind::invalid, "cut {} does not split the network; choose a cut between two operators, 1 to {}",
                 cut, model.last_cut() - 1);
  }
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return error(ErrorKind::internal, "{}: cannot be created: {}", folder.string(), failure.message());
  const auto inputs = model.inputs();
  return write_halves({.network = file.string(),
                       .inputs = {inputs.begin(), inputs.end()},
                       .crossing = model.cuts()[cut].tensors,
                       .head = (folder / "head.pt").string(),
                       .tail = (folder / "tail.pt").string()});
}

}  // namespace tideline::model
