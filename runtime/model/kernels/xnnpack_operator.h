// Operator: one operator of XNNPACK with its packed weights; prepares for another shape when it meets one.
//
// One calling convention for the versions of 2022 (Debian 12) and 2024 (Debian 13). Thread-safe: one run at a time,
// others wait. Makers throw std::runtime_error when XNNPACK refuses, as run() does.
#pragma once

#include "runtime/model/kernels/activation.h"

#include <ATen/core/Tensor.h>
#include <xnnpack.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace tideline::kernels::xnnpack {

// Where a window lies on an image: height, width, as in all pairs.
struct Windows {
  std::vector<std::int64_t> size, stride, padding, padding_after, dilation;
};

// Returns the activation as limits that an operator applies to its result; nothing if it cannot.
std::optional<ClipLimits> fused_limits(const Activation& then);

class Operator {
 public:
  // All take channels last, in fp32 or fp16: the type of the weights, which the bias has, too. Weights and bias are
  // read by the maker only; an undefined bias is none.

  // Weights [out, height, width, in / groups], row-major.
  static std::unique_ptr<const Operator> convolution(const Windows& windows, std::int64_t groups,
                                                     const at::Tensor& weight, const at::Tensor& bias,
                                                     ClipLimits limits);
  // Rows times constant weights: [out, in], or transposed [in, out], row-major.
  static std::unique_ptr<const Operator> product(const at::Tensor& weight, bool transposed, const at::Tensor& bias,
                                                 ClipLimits limits);
  static std::unique_ptr<const Operator> largest(const Windows& windows, std::int64_t channels, at::ScalarType type);
  // The mean of those numbers of a window that lie on the image, in fp32.
  static std::unique_ptr<const Operator> mean(const Windows& windows, std::int64_t channels);

  ~Operator();
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;

  // Runs on images [n, c, h, w] to completion. REQUIRES: the operator's type, channels last, and `to` has the size of
  // the result; `from` is readable().
  void run_images(const at::Tensor& from, const at::Tensor& to) const;

  // Runs on rows of the operator's type to completion. REQUIRES: kReadPastEnd bytes behind the last row are readable.
  void run_rows(std::int64_t rows, const void* from, void* to) const;

  // Returns the memory that XNNPACK keeps for it: weights, and tables of addresses.
  std::uint64_t held_bytes() const;

 private:
  struct Job;
  using Setup = xnn_status (*)(xnn_operator_t, const Job&, at::Tensor& workspace);

  template <typename Create>
  static std::unique_ptr<const Operator> make(const char* what, Setup setup, std::int64_t channels, Create create);
  Operator() = default;
  void run(const Job& job) const;

  const char* what_ = "";
  Setup setup_ = nullptr;
  std::int64_t channels_ = 0;
  xnn_operator_t operator_ = nullptr;
  mutable std::mutex m_;
  mutable std::int64_t held_ = 0;  // Guarded by m_, like the operator's shape and addresses.
};

}  // namespace tideline::kernels::xnnpack
