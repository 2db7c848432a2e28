// this_features AGENT-WORD...: what crosses at the cuts of one network. A question per line, an answer of JSON per
// line; a network is named as to `agent --inspect`, and names of files are in quotes.
//
// * cuts PHOTO: the cuts, with the share of the network's time before each
// * codecs FOLDER: bytes, times and loss of each codec at each cut, over the photos of a folder
// * clip CUT FOLDER: the same of the codecs of steps over frames: whole, and as differences to the frame before
// * steps CUT FOLDER: bytes and loss of the codecs of steps, by a step per tensor and by one for all photos
// * pixels PHOTO OUT: writes the pixels that the network sees to OUT
// * tensors CUT PHOTO OUT: writes the tensors of that cut to OUT
// * seen PHOTO IN: the agreement of the answer to the pixels in IN with that to the photo
// * answer CUT PHOTO IN: the same of the tensors of that cut in IN
#include "bench/features/cut_network.h"
#include "bench/lib/subject.h"

#include <fmt/format.h>

#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace {

using namespace tideline;
using nlohmann::json;

Result<json> written(const std::string& out, std::span<const Tensor> tensors) {
  std::ofstream file(out, std::ios::binary);
  std::size_t size = 0;
  for (const Tensor& tensor : tensors) {
    size += tensor.bytes().size();
    file.write(reinterpret_cast<const char*>(tensor.bytes().data()),
               static_cast<std::streamsize>(tensor.bytes().size()));
  }
  if (!file.flush()) return error(ErrorKind::internal, "cannot write {}", out);
  return json(size);
}

Result<json> answer(const CutNetwork& network, const std::string& question) {
  std::istringstream words(question);
  std::string what, first, second;
  std::uint32_t cut = 0;
  words >> what;
  if (what == "clip" || what == "steps" || what == "tensors" || what == "answer") words >> cut;
  words >> std::quoted(first) >> std::quoted(second);
  if (what == "cuts") return network.cuts(first);
  if (what == "codecs") return network.codecs(first);
  if (what == "clip") return network.clip(cut, first);
  if (what == "steps") return network.steps(cut, first);
  if (what == "pixels") {
    const auto pixels = network.pixels(first);
    return pixels ? written(second, {&*pixels, 1}) : pixels.error();
  }
  if (what == "tensors") {
    const auto tensors = network.crossing(cut, first);
    return tensors ? written(second, *tensors) : tensors.error();
  }
  const auto bytes = read_photo(second);
  if (!bytes) return bytes.error();
  return what == "seen" ? network.answer_to_pixels(first, *bytes) : network.answer_from_cut(cut, first, *bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const auto subject = load_subject({argv + 1, argv + argc});
  if (!subject) return fmt::print(stderr, "this_features: {}\n", subject.error().message), 70;
  const CutNetwork network(*subject);
  std::cout << "ready this_features" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const auto said = answer(network, line);
    std::cout << (said ? said->dump() : "broken: " + said.error().message) << std::endl;
  }
}
