// Tensors as JSON numbers: reads and writes them. Pure functions.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tideline::http {

// Returns true iff the protocol lets a tensor of that type be written as JSON; half precision is binary only.
bool has_json_form(DType dtype);

// Returns the tensor that `data` holds in row-major order, nested in any way or flat. Returns invalid unless it has
// exactly the elements of spec.shape, all of them values of spec.dtype.
// REQUIRES: byte_count() of the spec succeeds, has_json_form(spec.dtype), `data` is not nested deeper than a few
// levels.
Result<Tensor> tensor_from_json(const TensorSpec& spec, const nlohmann::json& data);

// Appends the elements as one flat array. Numbers read back to the same value. NaN and infinities become null, because
// JSON has no such numbers. REQUIRES: has_json_form(tensor.dtype()).
void append_json(std::string& text, const Tensor& tensor);

}  // namespace tideline::http
