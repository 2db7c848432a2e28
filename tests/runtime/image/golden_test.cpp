// The numbers in golden/pillow.txt come from Pillow: golden/pillow.py made them.
#include "runtime/image/prepare.h"
#include "tests/runtime/image/jpeg_file.h"
#include "tests/runtime/image/png_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace tideline::image {
namespace {

const std::string kGolden = TIDELINE_SOURCE "/tests/runtime/image/golden/";

struct GoldenLine {
  std::string what, fit, pixels;
  std::int32_t width = 0, height = 0, resize_to = 0;
};

std::vector<GoldenLine> golden_lines() {
  std::ifstream in(kGolden + "pillow.txt");
  std::vector<GoldenLine> lines;
  for (std::string text; std::getline(in, text);) {
    std::istringstream words(text);
    GoldenLine line;
    words >> line.what >> line.fit >> line.width >> line.height >> line.resize_to >> line.pixels;
    lines.push_back(line);
  }
  return lines;
}

// A pattern goes through a PNG, which changes nothing.
File golden_file(const std::string& what) {
  if (what.find('.') == std::string::npos) {
    const std::size_t by = what.find('x');
    return png_file(pattern(std::stoi(what.substr(0, by)), std::stoi(what.substr(by + 1))));
  }
  std::ifstream in(kGolden + what, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  File file;
  append(file, content.data(), content.size());
  return file;
}

Preparation golden_preparation(const GoldenLine& line) {
  Preparation preparation = *preset("raw", line.width, line.height);
  preparation.resize_to = line.resize_to;
  if (line.fit == "grey")
    preparation.colour = Colour::grey;
  else
    preparation.fit = *parse_fit(line.fit);
  return preparation;
}

std::string hex_of(const Tensor& pixels) {
  std::string text;
  for (const std::byte byte : pixels.bytes()) text += fmt::format("{:02x}", std::to_integer<int>(byte));
  return text;
}

TEST(Golden, PixelsAreThoseOfPillow) {
  const std::vector<GoldenLine> lines = golden_lines();
  ASSERT_GE(lines.size(), 34U);
  for (const GoldenLine& line : lines) {
    const Result<Tensor> pixels = prepare(golden_file(line.what), golden_preparation(line), Limits{});
    ASSERT_TRUE(pixels) << line.what << ": " << pixels.error().message;
    EXPECT_EQ(hex_of(*pixels), line.pixels) << line.what << " " << line.fit;
  }
}

TEST(Golden, BgrIsRgbTheOtherWayRound) {
  Preparation preparation = *preset("yolo", 16, 16);
  const File file = golden_file("61x47");
  const Tensor rgb = *prepare(file, preparation, Limits{});
  preparation.colour = Colour::bgr;
  const Tensor bgr = *prepare(file, preparation, Limits{});
  for (std::size_t i = 0; i < rgb.bytes().size(); ++i) EXPECT_EQ(rgb.bytes()[i], bgr.bytes()[i / 3 * 3 + 2 - i % 3]);
}

}  // namespace
}  // namespace tideline::image
