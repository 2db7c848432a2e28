// ValueForm: what a shell can offer for the value of an option.
//
//   value_form("quick|seed|FILE")  // The words quick and seed, and files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tideline::manual {

struct ValueForm {
  std::vector<std::string> words;  // Literals: in Setting::value they are in small letters.
  bool files = false;
  bool folders = false;
};

ValueForm value_form(std::string_view value);

}  // namespace tideline::manual
