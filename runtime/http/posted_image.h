// Posted images: the image file in a request to the doors of TorchServe and DeepStack. Pure functions.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/http/body.h"

#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

// Returns why a prediction's body cannot be an image, by its Content-Type (empty: none); nothing if it can.
std::optional<std::string> not_for_prediction(std::string_view content_type);

// Returns the image of a prediction: the part `data` or `body` of a multipart form, else the whole body. It shares the
// body's memory. Returns invalid if it is empty, if the form is faulty, or has not exactly one such part.
Result<Tensor> parse_prediction(std::string_view content_type, const Body& body);

// Returns why a detection's body cannot be a form, by its Content-Type; nothing if it can.
std::optional<std::string> not_for_detection(std::string_view content_type);

struct DetectionForm {
  Tensor image;  // Shares the body's memory.
  float min_confidence = 0.4F;
};

// Returns the fields of a detection's multipart form; unknown ones are ignored. Returns invalid if the form is faulty,
// has not exactly one part `image`, or a `min_confidence` that is not a number from 0 to 1.
Result<DetectionForm> parse_detection(std::string_view content_type, const Body& body);

}  // namespace tideline::http
