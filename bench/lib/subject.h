// Subject: the network that a measured program is told of by words of the agent: --model NAME=FILE --image NAME=...
//
//     const auto subject = load_subject({"--model", "net=net.pt", "--image", "net=yolo", "--threads", "1"});
//     if (!subject) return subject.error();
//     engine::Input input({*read_photo("photo.jpg")}, *subject->image);
//
// Functions without state. Thread-safe.
#pragma once

#include "runtime/app/modes/load_models.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <string>
#include <vector>

namespace tideline {

// Returns the network that these words of `agent --inspect` name. Returns invalid unless it takes images.
Result<modes::NamedModel> load_subject(const std::vector<std::string>& words);

// Returns the file's content as uint8[bytes].
Result<Tensor> read_photo(const std::string& file);

}  // namespace tideline
