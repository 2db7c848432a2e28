// this_images: prepares image files on one thread; a question per line, an answer per line.
//
//     time COUNT FILE                  the milliseconds of each of COUNT runs, after an uncounted one
//     pixels PRESET SIDE OUT FILE      writes the pixels of an input of SIDE x SIDE to OUT
#include "runtime/base/time.h"
#include "runtime/image/prepare.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace tideline;

using File = std::vector<char>;

Result<Tensor> prepared(const File& file, std::string_view preset, std::int32_t side) {
  const Result<image::Preparation> preparation = image::preset(preset, side, side);
  if (!preparation) return preparation.error();
  return image::prepare(std::as_bytes(std::span(file)), *preparation, image::Limits{});
}

std::string broken(const Error& error) {
  return "broken: " + error.message;
}

// The file's name is the rest of the question.
File read_file(std::istringstream& question) {
  std::string name;
  std::getline(question >> std::ws, name);
  std::ifstream in(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string time_runs(std::istringstream& question) {
  int count = 0;
  question >> count;
  const File file = read_file(question);
  if (const Result<Tensor> pixels = prepared(file, "imagenet", 224); !pixels) return broken(pixels.error());
  std::string times;
  for (int i = 0; i < count; ++i) {
    const TimePoint began = Clock::now();
    const Result<Tensor> pixels = prepared(file, "imagenet", 224);
    times += fmt::format("{:.6f} ", milliseconds(Clock::now() - began));
  }
  return times;
}

std::string write_pixels(std::istringstream& question) {
  std::string preset, out;
  std::int32_t side = 0;
  question >> preset >> side >> out;
  const Result<Tensor> pixels = prepared(read_file(question), preset, side);
  if (!pixels) return broken(pixels.error());
  const auto bytes = pixels->bytes();
  std::ofstream(out, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return "1";
}

}  // namespace

int main() {
  std::cout << "ready this" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream question(line);
    std::string what;
    question >> what;
    std::cout << (what == "time" ? time_runs(question) : write_pixels(question)) << std::endl;
  }
}
