#include "runtime/http/posted_image.h"

#include "runtime/http/header_value.h"
#include "runtime/http/http_text.h"
#include "runtime/http/image_file.h"
#include "runtime/http/multipart_form.h"

#include <algorithm>
#include <charconv>
#include <span>

namespace tideline::http {
namespace {

constexpr std::string_view kForm = "multipart/form-data";

// Returns the content of the one part with one of these names; nothing if there is none. `called` names them in errors.
Result<std::optional<std::string_view>> only_part(std::span<const FormPart> parts,
                                                  std::initializer_list<std::string_view> names,
                                                  std::string_view called) {
  std::optional<std::string_view> found;
  for (const FormPart& part : parts) {
    if (std::ranges::find(names, part.name) == names.end()) continue;
    if (found) return error(ErrorKind::invalid, "the form has the part {} twice; send one in a request", called);
    found = part.content;
  }
  return found;
}

// Returns the image file in the one part with one of these names.
Result<Tensor> image_in(std::span<const FormPart> parts, std::initializer_list<std::string_view> names,
                        std::string_view called, const Body& body) {
  const auto file = only_part(parts, names, called);
  if (!file) return file.error();
  if (!*file) return error(ErrorKind::invalid, "the form has no part {}; send the image file in it", called);
  if ((*file)->empty()) return error(ErrorKind::invalid, "the part {} is empty; send a whole image file", called);
  return image_file(body, **file);
}

Result<float> read_confidence(std::string_view text) {
  const std::string_view digits = trim(text);
  double value = -1;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (wrong != std::errc{} || end != digits.data() + digits.size() || !(value >= 0 && value <= 1))
    return error(ErrorKind::invalid, "'min_confidence' is {}; send a number from 0 to 1", in_quotes(text));
  return static_cast<float>(value);
}

}  // namespace

std::optional<std::string> not_for_prediction(std::string_view content_type) {
  const std::string type = media_type(content_type);
  // curl --data-binary calls every file a form.
  if (type.empty() || type.starts_with("image/") || type == "application/octet-stream" ||
      type == "application/x-www-form-urlencoded" || type == kForm)
    return std::nullopt;
  return fmt::format("Content-Type {} is not supported; send the image file itself, or {} with the part 'data'",
                     in_quotes(content_type), kForm);
}

Result<Tensor> parse_prediction(std::string_view content_type, const Body& body) {
  if (media_type(content_type) != kForm) {
    if (body.size() == 0) return error(ErrorKind::invalid, "the body is empty; send an image file");
    return image_file(body, body.bytes());
  }
  const auto parts = parse_multipart_form(content_type, body.text());
  if (!parts) return parts.error();
  return image_in(*parts, {"data", "body"}, "'data' (or 'body')", body);
}

std::optional<std::string> not_for_detection(std::string_view content_type) {
  if (media_type(content_type) == kForm) return std::nullopt;
  return fmt::format("Content-Type {} is not supported; send {} with the image file in the part 'image'",
                     in_quotes(content_type), kForm);
}

Result<DetectionForm> parse_detection(std::string_view content_type, const Body& body) {
  const auto parts = parse_multipart_form(content_type, body.text());
  if (!parts) return parts.error();
  auto image = image_in(*parts, {"image"}, "'image'", body);
  if (!image) return image.error();
  DetectionForm form{.image = *std::move(image)};
  const auto confidence = only_part(*parts, {"min_confidence"}, "'min_confidence'");
  if (!confidence) return confidence.error();
  if (!*confidence) return form;
  const auto least = read_confidence(**confidence);
  if (!least) return least.error();
  form.min_confidence = *least;
  return form;
}

}  // namespace tideline::http
