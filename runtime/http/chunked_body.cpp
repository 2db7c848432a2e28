#include "runtime/http/chunked_body.h"

#include <algorithm>

namespace tideline::http {
namespace {

constexpr std::size_t kMostAside = 16 << 10;  // Bytes of extensions and trailers of one body.
constexpr int kMostDigits = 15;               // Of a size: more than any memory, but no overflow.

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f;
}

}  // namespace

std::string_view ChunkedBody::take(std::string_view& bytes) {
  while (!bytes.empty() && !done() && !broken_) {
    if (part_ == Part::data) {
      const std::string_view piece = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
      bytes.remove_prefix(piece.size());
      left_ -= piece.size();
      if (left_ == 0) part_ = Part::data_cr;
      return piece;
    }
    read(bytes.front());
    bytes.remove_prefix(1);
  }
  return {};
}

void ChunkedBody::read(char byte) {
  switch (part_) {
    case Part::size:
      return read_size(byte);
    case Part::extension:
      if (byte == '\r')
        part_ = Part::size_end;
      else if (is_control(byte))
        refuse("the line before a chunk does not end with CRLF");
      return count_aside();
    case Part::size_end:
      return expect(byte, '\n', left_ > 0 ? Part::data : Part::line_start);
    case Part::data_cr:
      return expect(byte, '\r', Part::data_end);
    case Part::data_end:
      digits_ = 0;
      return expect(byte, '\n', Part::size);
    case Part::line_start:  // A trailer, or the empty line at the end.
      if (byte == '\r')
        part_ = Part::last_end;
      else if (is_control(byte) || byte == ' ' || byte == '\t')
        refuse("a line after the last chunk is not a trailer");
      else
        part_ = Part::trailer;
      return count_aside();
    case Part::trailer:
      if (byte == '\r')
        part_ = Part::trailer_end;
      else if (is_control(byte))
        refuse("a trailer does not end with CRLF");
      return count_aside();
    case Part::trailer_end:
      return expect(byte, '\n', Part::line_start);
    case Part::last_end:
      return expect(byte, '\n', Part::done);
    case Part::data:
    case Part::done:
      return;
  }
}

void ChunkedBody::read_size(char byte) {
  const int digit = hex_digit(byte);
  if (digit >= 0 && digits_ < kMostDigits) {
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    ++digits_;
  } else if (digits_ > 0 && byte == '\r') {
    part_ = Part::size_end;
  } else if (digits_ > 0 && byte == ';') {
    part_ = Part::extension;
  } else {
    refuse("a chunk does not begin with its size");
  }
}

void ChunkedBody::count_aside() {
  if (++aside_ > kMostAside) refuse("the extensions and trailers of the chunks are too long");
}

void ChunkedBody::expect(char byte, char wanted, Part next) {
  part_ = next;
  if (byte != wanted) refuse("a chunk does not end where its size says");
}

void ChunkedBody::refuse(std::string_view why) {
  if (!broken_) broken_ = RequestFault{400, "the body is not chunked as HTTP/1.1 requires: " + std::string(why)};
}

}  // namespace tideline::http
