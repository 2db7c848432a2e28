#include "runtime/model/api/cut_tensors.h"

namespace tideline::model {
namespace {

TensorSpec so_often(TensorSpec spec, std::int64_t times) {
  if (!spec.shape.empty() && !any_batch(spec)) spec.shape.front() *= times;
  return spec;
}

bool is_whole(const Tensor& tensor) {
  const auto bytes = byte_count(tensor.dtype(), tensor.shape());
  return bytes && tensor.bytes().size() == bytes->count;
}

// Returns invalid unless all tensors have the same batch, of at most `most`.
Result<void> check_batch(const Cut& cut, std::span<const Tensor> in, std::int64_t most) {
  if (!any_batch(cut.tensors.front())) return {};
  const std::int64_t batch = in.front().shape().front();
  if (batch > most) {
    return error(ErrorKind::invalid, "a batch of {} is over the limit of {} (compute.max_batch)", batch, most);
  }
  for (std::size_t i = 1; i < in.size(); ++i) {
    if (in[i].shape().front() == batch) continue;
    return error(ErrorKind::invalid, "'{}' has a batch of {}, '{}' one of {}; send the same batch for both",
                 cut.tensors[0].name, batch, cut.tensors[i].name, in[i].shape().front());
  }
  return {};
}

}  // namespace

Result<void> check_cut_tensors(const Cut& cut, std::span<const Tensor> in, const CutTensorsLimit& limit) {
  if (in.size() != cut.tensors.size()) {
    return error(ErrorKind::invalid, "{} tensor(s) cross at cut {} ({}), not {}", cut.tensors.size(), cut.index,
                 cut.name, in.size());
  }
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto spec = so_often(cut.tensors[i], limit.times);
    if (fits(spec, in[i].dtype(), in[i].shape()) && is_whole(in[i])) continue;
    return error(ErrorKind::invalid, "'{}' at cut {} ({}) is {}, not {} in {} bytes", spec.name, cut.index, cut.name,
                 to_string(spec), to_string(TensorSpec{"", in[i].dtype(), in[i].shape()}), in[i].bytes().size());
  }
  return check_batch(cut, in, limit.max_batch);
}

}  // namespace tideline::model
