#include "runtime/model/graph/archive.h"

#include "runtime/base/memory_room.h"
#include "runtime/model/graph/records.h"
#include "runtime/model/graph/storages.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace tideline::graph {
namespace {

constexpr std::string_view kZip("PK\x03\x04", 4);
constexpr std::string_view kPickle("\x80\x02", 2);

std::string beginning(const std::string& file) {
  std::array<char, 4> bytes{};
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), bytes.size());
  return {bytes.data(), static_cast<std::size_t>(in.gcount())};
}

// An ONNX file is a protobuf message: its first field is its version, a small number; its second is a text or another
// small number.
bool looks_like_onnx(std::string_view begins) {
  return begins.size() == 4 && begins[0] == '\x08' && begins[1] > 0 && begins[1] < 32 &&
         (begins[2] == '\x12' || begins[2] == '\x10');
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Error weights_alone() {
  return error(ErrorKind::invalid,
               "this is not a TorchScript file but the output of torch.save: weights or Python objects; save the "
               "network itself with torch.jit.save(torch.jit.script(network), FILE)");
}

Result<void> check_memory(const std::string& file) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(file, failure);
  const auto room = memory_room({});
  if (failure || !room || size <= room->available.count) return {};
  return error(ErrorKind::invalid,
               "its {} of weights do not fit into memory: this process may take {} more; raise its limit, or use a "
               "smaller network",
               to_string(Bytes{size}), to_string(room->available));
}

}  // namespace

Result<void> check_archive(const std::string& file) {
  std::error_code failure;
  const auto kind = std::filesystem::status(file, failure).type();
  if (kind == std::filesystem::file_type::not_found) {
    return error(ErrorKind::invalid, "there is no such file; name a TorchScript file, or make one with --zoo");
  }
  const std::string begins = beginning(file);
  if (kind != std::filesystem::file_type::regular || (begins.empty() && std::filesystem::file_size(file, failure) > 0))
    return error(ErrorKind::invalid, "this is not a readable file; name a TorchScript file");
  if (begins.empty()) return error(ErrorKind::invalid, "this is not a TorchScript file: it is empty");
  if (begins.substr(0, kPickle.size()) == kPickle) return weights_alone();
  if (looks_like_onnx(begins)) {
    return error(ErrorKind::invalid,
                 "this is not a TorchScript file but an ONNX one; save the network with torch.jit.save");
  }
  if (begins != kZip) {
    return error(ErrorKind::invalid,
                 "this is not a TorchScript file: its first bytes are wrong; save the network with torch.jit.save");
  }
  if (auto fits = check_memory(file); !fits) return fits;
  const auto records = read_records(file);
  return records ? check_storages(*records) : records.error();
}

Error unreadable(std::string_view complaint) {
  static constexpr std::string_view kUnknown = "Unknown builtin op: ";
  if (const auto at = complaint.find(kUnknown); at != std::string_view::npos) {
    return error(ErrorKind::invalid,
                 "it needs the operator {}, which this agent's libtorch does not have: it comes from a newer version "
                 "or an extension; save the network without it",
                 complaint.substr(at + kUnknown.size()));
  }
  if (has(complaint, "maximum supported version")) {
    return error(ErrorKind::invalid,
                 "its format is newer than this agent's libtorch supports; save it with an older version of torch, or "
                 "install a newer libtorch");
  }
  if (has(complaint, "file not found")) return weights_alone();
  if (has(complaint, "central directory")) {
    return error(ErrorKind::invalid, "this is not a TorchScript file, or it was cut short: its end is missing");
  }
  return error(ErrorKind::invalid, "this is not a TorchScript file ({}); save the network with torch.jit.save",
               complaint);
}

}  // namespace tideline::graph
