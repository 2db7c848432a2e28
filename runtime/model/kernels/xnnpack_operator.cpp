#include "runtime/model/kernels/xnnpack_operator.h"

#include "runtime/model/kernels/xnnpack.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <stdexcept>

// Since 2023, XNNPACK takes shapes and addresses in two calls, creates with two caches, and pools any channels.
#if defined(XNN_FLAG_TRANSIENT_INDIRECTION_BUFFER)
#define TIDELINE_XNNPACK_RESHAPES 1
#define TIDELINE_NO_CACHES nullptr, nullptr,
#define TIDELINE_CHANNELS(channels)
#else
#define TIDELINE_XNNPACK_RESHAPES 0
#define TIDELINE_NO_CACHES
#define TIDELINE_CHANNELS(channels) channels, channels, channels,
#endif

namespace tideline::kernels::xnnpack {

// Addresses of numbers: operators for fp32 take pointers to float, those for fp16 untyped ones.
struct Source {
  const void* at;
  operator const void*() const { return at; }
  operator const float*() const { return static_cast<const float*>(at); }
};

struct Target {
  void* at;
  operator void*() const { return at; }
  operator float*() const { return static_cast<float*>(at); }
};

struct Operator::Job {
  std::size_t count, height, width, channels;  // Rows have no height and width.
  Source from;
  Target to;
};

namespace {

// Threads sleep after each operator. Those that spin until the next one take cores from other programs, and where these
// want all cores, a run waits for a thread that has none.
constexpr std::uint32_t kSleeps = XNN_FLAG_YIELD_WORKERS;

std::uint32_t to_uint(std::int64_t value) {
  return static_cast<std::uint32_t>(value);
}

std::size_t to_size(std::int64_t value) {
  return static_cast<std::size_t>(value);
}

// Returns the address of the numbers; null if there are none.
Source numbers_of(const at::Tensor& tensor) {
  return {tensor.defined() ? tensor.data_ptr() : nullptr};
}

bool in_fp16(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kHalf;
}

void check_status(xnn_status status, const char* what) {
  if (status == xnn_status_success) return;
  throw std::runtime_error(fmt::format("XNNPACK refuses {} (status {}); set compute.kernels = \"libtorch\"", what,
                                       static_cast<int>(status)));
}

// How operators take shape and addresses, by the names of XNNPACK's functions for a number type.
#if TIDELINE_XNNPACK_RESHAPES
void* memory_of(at::Tensor& workspace, std::size_t size) {
  workspace = at::empty({static_cast<std::int64_t>(size)}, at::TensorOptions(at::kByte));
  return workspace.data_ptr();
}

template <auto kReshape, auto kSetup, typename Job>
xnn_status set_convolution(xnn_operator_t op, const Job& job, at::Tensor& workspace) {
  std::size_t size = 0, alignment = 0;
  const auto status = kReshape(op, job.count, job.height, job.width, &size, &alignment, nullptr, nullptr, threads());
  return status != xnn_status_success ? status : kSetup(op, memory_of(workspace, size), job.from, job.to);
}

template <auto kReshape, auto kSetup, typename Job>
xnn_status set_product(xnn_operator_t op, const Job& job, at::Tensor& /*workspace*/) {
  const auto status = kReshape(op, job.count, threads());
  return status != xnn_status_success ? status : kSetup(op, job.from, job.to);
}

template <auto kReshape, auto kSetup, typename Job>
xnn_status set_largest(xnn_operator_t op, const Job& job, at::Tensor& /*workspace*/) {
  const auto status = kReshape(op, job.count, job.height, job.width, job.channels, job.channels, job.channels, nullptr,
                               nullptr, threads());
  return status != xnn_status_success ? status : kSetup(op, job.from, job.to);
}
#define TIDELINE_SETUP(how, function) how<xnn_reshape_##function, xnn_setup_##function>
#else
template <auto kSetup, typename Job>
xnn_status set_convolution(xnn_operator_t op, const Job& job, at::Tensor& /*workspace*/) {
  return kSetup(op, job.count, job.height, job.width, job.from, job.to, threads());
}

template <auto kSetup, typename Job>
xnn_status set_product(xnn_operator_t op, const Job& job, at::Tensor& /*workspace*/) {
  return kSetup(op, job.count, job.from, job.to, threads());
}

template <auto kSetup, typename Job>
xnn_status set_largest(xnn_operator_t op, const Job& job, at::Tensor& /*workspace*/) {
  return kSetup(op, job.count, job.height, job.width, job.from, job.to, threads());
}
#define TIDELINE_SETUP(how, function) how<xnn_setup_##function>
#endif

}  // namespace

std::optional<ClipLimits> fused_limits(const Activation& then) {
  const auto limits = then.limits();
  return limits && limits->low < limits->high ? limits : std::nullopt;
}

std::unique_ptr<const Operator> Operator::convolution(const Windows& windows, std::int64_t groups,
                                                      const at::Tensor& weight, const at::Tensor& bias,
                                                      ClipLimits limits) {
  const auto out = weight.size(0), in = weight.size(3);
  const auto create = [&](auto function, xnn_operator_t* made) {
    const auto& w = windows;
    return function(to_uint(w.padding[0]), to_uint(w.padding_after[1]), to_uint(w.padding_after[0]),
                    to_uint(w.padding[1]), to_uint(w.size[0]), to_uint(w.size[1]), to_uint(w.stride[0]),
                    to_uint(w.stride[1]), to_uint(w.dilation[0]), to_uint(w.dilation[1]), to_uint(groups), to_size(in),
                    to_size(out / groups), to_size(in * groups), to_size(out), numbers_of(weight), numbers_of(bias),
                    limits.low, limits.high, kSleeps, TIDELINE_NO_CACHES made);
  };
  const bool half = in_fp16(weight);
  const Setup setup = half ? Setup(TIDELINE_SETUP(set_convolution, convolution2d_nhwc_f16))
                           : Setup(TIDELINE_SETUP(set_convolution, convolution2d_nhwc_f32));
  return make("a convolution", setup, in * groups, [&](xnn_operator_t* made) {
    return half ? create(xnn_create_convolution2d_nhwc_f16, made) : create(xnn_create_convolution2d_nhwc_f32, made);
  });
}

std::unique_ptr<const Operator> Operator::product(const at::Tensor& weight, bool transposed, const at::Tensor& bias,
                                                  ClipLimits limits) {
  const auto in = to_size(weight.size(transposed ? 0 : 1)), out = to_size(weight.size(transposed ? 1 : 0));
  const auto create = [&](auto function, xnn_operator_t* made) {
    return function(in, out, in, out, numbers_of(weight), numbers_of(bias), limits.low, limits.high,
                    kSleeps | (transposed ? XNN_FLAG_TRANSPOSE_WEIGHTS : 0), TIDELINE_NO_CACHES made);
  };
  const bool half = in_fp16(weight);
  const Setup setup = half ? Setup(TIDELINE_SETUP(set_product, fully_connected_nc_f16))
                           : Setup(TIDELINE_SETUP(set_product, fully_connected_nc_f32));
  return make("a product", setup, weight.size(transposed ? 0 : 1), [&](xnn_operator_t* made) {
    return half ? create(xnn_create_fully_connected_nc_f16, made) : create(xnn_create_fully_connected_nc_f32, made);
  });
}

std::unique_ptr<const Operator> Operator::largest(const Windows& windows, std::int64_t channels, at::ScalarType type) {
  const auto create = [&](auto function, xnn_operator_t* made) {
    const auto& w = windows;
    return function(to_uint(w.padding[0]), to_uint(w.padding_after[1]), to_uint(w.padding_after[0]),
                    to_uint(w.padding[1]), to_uint(w.size[0]), to_uint(w.size[1]), to_uint(w.stride[0]),
                    to_uint(w.stride[1]), 1, 1, TIDELINE_CHANNELS(to_size(channels)) kNoLimits.low, kNoLimits.high,
                    kSleeps, made);
  };
  const bool half = type == at::kHalf;
  const Setup setup = half ? Setup(TIDELINE_SETUP(set_largest, max_pooling2d_nhwc_f16))
                           : Setup(TIDELINE_SETUP(set_largest, max_pooling2d_nhwc_f32));
  return make("a pooling", setup, channels, [&](xnn_operator_t* made) {
    return half ? create(xnn_create_max_pooling2d_nhwc_f16, made) : create(xnn_create_max_pooling2d_nhwc_f32, made);
  });
}

std::unique_ptr<const Operator> Operator::mean(const Windows& windows, std::int64_t channels) {
  const Setup setup = [](xnn_operator_t op, const Job& job, [[maybe_unused]] at::Tensor& workspace) {
#if TIDELINE_XNNPACK_RESHAPES
    std::size_t size = 0, alignment = 0;
    const auto status =
        xnn_reshape_average_pooling2d_nhwc_f32(op, job.count, job.height, job.width, job.channels, job.channels,
                                               job.channels, &size, &alignment, nullptr, nullptr, threads());
    if (status != xnn_status_success) return status;
    return xnn_setup_average_pooling2d_nhwc_f32(op, memory_of(workspace, size), job.from, job.to);
#else
    return xnn_setup_average_pooling2d_nhwc_f32(op, job.count, job.height, job.width, job.from, job.to, threads());
#endif
  };
  const auto& w = windows;
  return make("a pooling", setup, channels, [&](xnn_operator_t* made) {
    return xnn_create_average_pooling2d_nhwc_f32(
        to_uint(w.padding[0]), to_uint(w.padding_after[1]), to_uint(w.padding_after[0]), to_uint(w.padding[1]),
        to_uint(w.size[0]), to_uint(w.size[1]), to_uint(w.stride[0]), to_uint(w.stride[1]),
        TIDELINE_CHANNELS(to_size(channels)) kNoLimits.low, kNoLimits.high, kSleeps, made);
  });
}

template <typename Create>
std::unique_ptr<const Operator> Operator::make(const char* what, Setup setup, std::int64_t channels, Create create) {
  TORCH_CHECK(is_here(), "XNNPACK does not support this processor");
  std::unique_ptr<Operator> made(new Operator);
  made->what_ = what;
  made->setup_ = setup;
  made->channels_ = channels;
  const auto before = memory_of_this_thread();
  check_status(create(&made->operator_), what);
  made->held_ = memory_of_this_thread() - before;
  return made;
}

Operator::~Operator() {
  if (operator_ != nullptr) xnn_delete_operator(operator_);
}

void Operator::run_images(const at::Tensor& from, const at::Tensor& to) const {
  TORCH_CHECK(from.size(1) == channels_, what_, " takes ", channels_, " channels, not ", from.size(1));
  run({to_size(from.size(0)),
       to_size(from.size(2)),
       to_size(from.size(3)),
       to_size(channels_),
       {from.data_ptr()},
       {to.data_ptr()}});
}

void Operator::run_rows(std::int64_t rows, const void* from, void* to) const {
  run({to_size(rows), 1, 1, to_size(channels_), {from}, {to}});
}

void Operator::run(const Job& job) const {
  const std::lock_guard lock(m_);
  const auto before = memory_of_this_thread();
  at::Tensor workspace;
  check_status(setup_(operator_, job, workspace), what_);
  check_status(xnn_run_operator(operator_, threads()), what_);
  held_ += memory_of_this_thread() - before;
}

std::uint64_t Operator::held_bytes() const {
  const std::lock_guard lock(m_);
  return held_ > 0 ? static_cast<std::uint64_t>(held_) : 0;
}

}  // namespace tideline::kernels::xnnpack
