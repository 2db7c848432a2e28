#include "runtime/model/kernels/convolution_method.h"
#include "runtime/model/kernels/product_method.h"
#include "runtime/model/kernels/winograd_tiles.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <utility>

namespace tideline::kernels {
namespace {

constexpr auto kPlanes = WinogradTiles::kPlanes;
constexpr std::int64_t kPlaneBytes =
    kPlanes * static_cast<std::int64_t>(sizeof(float));  // Bytes of one number in all planes.
constexpr std::int64_t kGrain = 8;                       // Minimum of tiles per thread.

// Transforms the weights of each window: [36, in, out].
at::Tensor to_planes(const at::Tensor& weight) {
  const auto options = at::TensorOptions(at::kFloat);
  const auto g = at::empty({6, 3}, options);
  constexpr float kG[6][3] = {{1 / 4.F, 0, 0},
                              {-1 / 6.F, -1 / 6.F, -1 / 6.F},
                              {-1 / 6.F, 1 / 6.F, -1 / 6.F},
                              {1 / 24.F, 1 / 12.F, 1 / 6.F},
                              {1 / 24.F, -1 / 12.F, 1 / 6.F},
                              {0, 0, 1}};
  std::copy_n(&kG[0][0], 18, g.data_ptr<float>());
  const auto out = weight.size(0), in = weight.size(1);
  const auto columns = at::matmul(weight.reshape({-1, 3}), g.t()).reshape({out, in, 3, 6});
  const auto rows = at::matmul(columns.permute({0, 1, 3, 2}).reshape({-1, 3}), g.t());  // [out, in, 6 of x, 6 of y]
  return rows.reshape({out, in, 6, 6}).permute({3, 2, 1, 0}).reshape({kPlanes, in, out}).contiguous();
}

// Chooses blocks whose planes take little more memory than the weights, which each block reads once. Smaller blocks
// would read the weights too often; larger ones would not fit into the cache. All blocks have about the same size.
std::int64_t tiles_per_block(std::int64_t tiles, std::int64_t in, std::int64_t out) {
  constexpr std::int64_t kLeastBytes = 2 << 20, kMostBytes = 16 << 20;
  const auto bytes = std::clamp(in * out * kPlaneBytes * 8 / 5, kLeastBytes, kMostBytes);
  const auto most = std::max<std::int64_t>(1, bytes / ((in + out) * kPlaneBytes));
  const auto blocks = (tiles + most - 1) / most;
  return (tiles + blocks - 1) / blocks;
}

class WinogradConvolution final : public ConvolutionMethod {
 public:
  WinogradConvolution(ConvolutionPlan plan, Library library)
      : in_(plan.weight.size(1)),
        out_(plan.weight.size(0)),
        above_(plan.padding[0]),
        left_(plan.padding[1]),
        bias_(plan.bias),
        products_(library == Library::xnnpack ? make_xnnpack_products(to_planes(plan.weight))
                                              : make_onednn_products(to_planes(plan.weight))) {}

  at::Tensor run(const at::Tensor& x, const at::Tensor& out, bool adds, const Activation& then) const override {
    const WinogradTiles tiles{x.size(0), x.size(2), x.size(3), out.size(2), out.size(3), above_, left_};
    const auto limits = then.limits();
    const auto room = tiles_per_block(tiles.count(), in_, out_);
    const auto from = at::empty({kPlanes, room, in_}, at::kFloat), to = at::empty({kPlanes, room, out_}, at::kFloat);
    for (std::int64_t first = 0; first < tiles.count(); first += room) {
      const WinogradBlock block{first, std::min(room, tiles.count() - first), room};
      read(tiles, block, x, from);
      products_->run(from, to);
      write(tiles, block, to, finish(adds, limits.value_or(kNoLimits)), out);
    }
    return limits ? out : then.applied_to(out);
  }

  std::uint64_t held_bytes() const override { return products_->held_bytes(); }

 private:
  void read(const WinogradTiles& tiles, const WinogradBlock& block, const at::Tensor& x, const at::Tensor& to) const {
    at::parallel_for(0, block.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      to_planes(tiles, {block.first + begin, end - begin, block.room}, in_, x.data_ptr<float>(),
                to.data_ptr<float>() + begin * in_);
    });
  }

  void write(const WinogradTiles& tiles, const WinogradBlock& block, const at::Tensor& from,
             const WinogradFinish& finish, const at::Tensor& out) const {
    at::parallel_for(0, block.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      from_planes(tiles, {block.first + begin, end - begin, block.room}, out_, from.data_ptr<float>() + begin * out_,
                  finish, out.data_ptr<float>());
    });
  }

  WinogradFinish finish(bool adds, const ClipLimits& limits) const {
    return {bias_.defined() ? bias_.data_ptr<float>() : nullptr, adds, limits.low, limits.high};
  }

  const std::int64_t in_, out_, above_, left_;
  const at::Tensor bias_;
  const std::unique_ptr<const Method> products_;
};

}  // namespace

std::unique_ptr<const ConvolutionMethod> make_winograd_convolution(ConvolutionPlan plan, Library library) {
  return std::make_unique<WinogradConvolution>(std::move(plan), library);
}

// Multiples of sixteen channels fill the widest vectors. With fewer channels the transforms cost what the products
// save. With fewer tiles, the larger weights are read for too little work; that limit is higher if they do not fit into
// the cache.
bool suits_winograd(const ConvolutionPlan& plan, std::int64_t out_height, std::int64_t out_width) {
  constexpr std::int64_t kLeastChannels = 32, kLeastTiles = 16, kLeastTilesPastCache = 36, kCache = 16 << 20;
  const auto out = plan.weight.size(0), in = plan.weight.size(1);
  const std::vector<std::int64_t> one{1, 1};
  const bool possible = plan.weight.size(2) == 3 && plan.weight.size(3) == 3 && plan.groups == 1 &&
                        plan.stride == one && plan.dilation == one && in % 16 == 0 && out % 16 == 0;
  const auto tiles = WinogradTiles{1, 0, 0, out_height, out_width, 0, 0}.count();
  const auto least_tiles = in * out * kPlaneBytes > kCache ? kLeastTilesPastCache : kLeastTiles;
  return possible && in >= kLeastChannels && out >= kLeastChannels && tiles >= least_tiles;
}

}  // namespace tideline::kernels
