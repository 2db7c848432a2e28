// Svg: builds a drawing, in user units. Colours come from classes of the page's style.
//
// All text is escaped. Belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tideline::report {

class Svg {
 public:
  struct Frame {
    std::string_view id;  // Unique within the page.
    double width = 0, height = 0;
    std::string title;        // What is drawn.
    std::string description;  // Text alternative of the drawing.
  };
  explicit Svg(const Frame& frame);

  struct Box {
    double x = 0, y = 0, width = 0, height = 0;
  };
  struct Point {
    double x = 0, y = 0;
  };
  enum class Anchor { start, middle, end };

  void rect(const Box& box, std::string_view style, std::string_view tooltip = {});
  void line(Point from, Point to, std::string_view style);
  void dot(Point at, double radius, std::string_view style, std::string_view tooltip = {});
  void path(const std::string& commands, std::string_view style);
  void text(Point at, std::string_view words, std::string_view style, Anchor anchor = Anchor::start);

  std::string html() const { return html_ + "</svg>\n"; }

 private:
  std::string html_;
};

// Returns about `wanted` round numbers from 0 to at least `most`; the last is the end of the axis.
std::vector<double> ticks(double most, int wanted);
std::string tick_text(double tick);

}  // namespace tideline::report
