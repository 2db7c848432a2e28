// WebFile: a file of the dashboard as it was built of runtime/http/web, part of the program.
#pragma once

#include <span>
#include <string_view>

namespace tideline::http {

struct WebFile {
  std::string_view path;    // As in the URL: "/ui/app.js"; that of the page itself is "/".
  std::string_view type;    // Its Content-Type.
  std::string_view digest;  // Of its bytes, in hexadecimal.
  std::string_view gzip;
  std::string_view plain;
};

// All files. CMake writes the source of this function.
std::span<const WebFile> web_files();

}  // namespace tideline::http
