#include "runtime/http/bounded_json.h"
#include "runtime/http/byte_elements.h"
#include "runtime/http/http_text.h"
#include "runtime/http/image_file.h"
#include "runtime/http/infer_json.h"
#include "runtime/http/json_tensor.h"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace tideline::http {
namespace {

using nlohmann::json;

// Returns the number of images that the shape states.
Result<std::size_t> count_images(const json& input, std::int64_t max_batch) {
  const json* shape = member(input, "shape");
  if (!shape) return error(ErrorKind::invalid, "has no 'shape'");
  const bool fits = shape->is_array() && (shape->size() == 1 || (shape->size() == 2 && (*shape)[1] == 1)) &&
                    shape->front().is_number_unsigned() && shape->front() != 0u;
  if (!fits) return error(ErrorKind::invalid, "shape {} does not fit image files; send [N] or [N,1]", shown(*shape));
  const auto count = shape->front().get<std::uint64_t>();
  if (count > static_cast<std::uint64_t>(max_batch))
    return error(ErrorKind::invalid, "shape {} has a batch over the limit of {}", shown(*shape), max_batch);
  return static_cast<std::size_t>(count);
}

// Returns what the binary tail has of the input; absent if the input does not say how much.
Result<std::optional<std::span<const std::byte>>> take_bytes(const json& input, BinaryTail& tail) {
  const auto parameters = parameters_of(input);
  if (!parameters) return parameters.error();
  if (auto heeded = check_heeded(**parameters); !heeded) return heeded.error();
  if (member(input, "data"))
    return error(ErrorKind::invalid,
                 "image files cannot be sent as JSON; send them after it, and their size as 'binary_data_size'");
  const json* size = member(**parameters, "binary_data_size");
  if (!size) return std::optional<std::span<const std::byte>>();
  if (!size->is_number_unsigned())
    return error(ErrorKind::invalid, "'binary_data_size' is not a whole number of 0 or more");
  const auto taken = tail.take(size->get<std::uint64_t>());
  if (!taken) return taken.error();
  return std::optional(*taken);
}

// OpenVINO Model Server takes one file so, without its length, if it is all that the request brings.
Result<std::vector<std::span<const std::byte>>> take_whole(std::size_t count, bool alone, BinaryTail& tail) {
  if (count != 1 || !alone || tail.rest.empty())
    return error(ErrorKind::invalid,
                 "has no 'binary_data_size', which only one image as the one input, after the JSON, may lack");
  return std::vector{std::exchange(tail.rest, {})};
}

}  // namespace

Result<std::vector<Tensor>> read_images(const json& input, std::int64_t max_batch, bool alone, BinaryTail& tail) {
  const auto count = count_images(input, max_batch);
  if (!count) return count.error();
  const auto bytes = take_bytes(input, tail);
  if (!bytes) return bytes.error();
  const auto files = *bytes ? split_elements(**bytes, *count) : take_whole(*count, alone, tail);
  if (!files) return files.error();
  std::vector<Tensor> images;
  for (const std::span<const std::byte> file : *files) {
    if (file.empty()) return error(ErrorKind::invalid, "image {} is empty; send a whole file", images.size());
    images.push_back(image_file(tail.body, file));
  }
  return images;
}

Result<OipRequest> parse_image(const Body& body, const Signature& model) {
  if (!model.images)
    return error(ErrorKind::invalid,
                 "the body is an image file, but this model takes none; send its tensors, or configure it with "
                 "--image NAME=PRESET");
  if (body.size() == 0) return error(ErrorKind::invalid, "the body is empty; send an image file");
  OipRequest request;
  request.infer.images.push_back(image_file(body, body.bytes()));
  for (const TensorSpec& spec : model.outputs)
    request.outputs.push_back({.name = spec.name, .binary = !has_json_form(spec.dtype)});
  return request;
}

}  // namespace tideline::http
