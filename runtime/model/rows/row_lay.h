// RowLay: how the requests of a batch lie in one value of a graph.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace tideline::rows {

// For `count` requests that run as one batch:
//     same   the value is the same as for each request alone, whatever their numbers and however many they are;
//     rows   a tensor with size outer * count * inner along `dim`, and outer * inner for one request alone.
//            Position (o * count + r) * inner + i is computed from request r alone, like position o * inner + i when
//            r runs alone;
//     count  a whole number, or a tensor of one: `inner` for one request alone, inner * count for all;
//     parts  a list or tuple of such values, some of which are not the same.
struct RowLay {
  enum class Of { same, rows, count, parts };

  Of of = Of::same;
  std::int64_t dim = 0;
  std::int64_t outer = 1;
  std::int64_t inner = 1;
  std::vector<RowLay> parts;

  static RowLay along(std::int64_t dim, std::int64_t outer, std::int64_t inner) {
    return {Of::rows, dim, outer, inner, {}};
  }
  static RowLay times(std::int64_t inner) { return {Of::count, 0, 1, inner, {}}; }
  static RowLay list(std::vector<RowLay> parts) {
    for (const RowLay& part : parts)
      if (!part.is_same()) return {Of::parts, 0, 1, 1, std::move(parts)};
    return {};
  }

  bool is_same() const { return of == Of::same; }
  bool is_rows() const { return of == Of::rows; }
  bool is_count() const { return of == Of::count; }

  // REQUIRES: is_rows().
  RowLay at(std::int64_t new_dim) const { return along(new_dim, outer, inner); }
  std::int64_t alone() const { return outer * inner; }  // The size along dim for one request.
};

inline bool operator==(const RowLay& a, const RowLay& b) {
  return a.of == b.of && a.dim == b.dim && a.outer == b.outer && a.inner == b.inner && a.parts == b.parts;
}

}  // namespace tideline::rows
