// Oddities: what a reader of measurements left out because it is noise and not damage, counted by kind.
//
// A value. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tideline::journal {

enum class Oddity : std::uint8_t {
  blank,         // A line with nothing on it.
  repeated,      // The same line, or the same measurement with the same result, a second time.
  unknown_type,  // A line of a type that a newer version writes.
  no_time,       // A measurement of 0 ns.
  unmeasured,    // A time that is no number, as "nan".
  cut_off,       // The last line, without its end.
};

class Oddities {
 public:
  // `place`: where it is, as "line 7".
  void add(Oddity oddity, const std::string& place);
  // Adds those of a part, whose places are in `within`, as "weights_00000.txt".
  void add(const Oddities& part, const std::string& within);

  std::size_t count(Oddity oddity) const;
  // Returns one sentence for each kind that was met: how many, and where the first is.
  std::vector<std::string> remarks() const;

 private:
  struct Met {
    std::size_t count = 0;
    std::string first;
  };
  std::map<Oddity, Met> met_;
};

}  // namespace tideline::journal
