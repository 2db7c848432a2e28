#include "runtime/model/rows/rows.h"

#include "runtime/model/graph/complaint.h"
#include "runtime/model/rows/row_rules.h"
#include "runtime/model/script/layer_name.h"

#include <c10/util/Exception.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace tideline::rows {
namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;
using Given = RowStep::Given;

// Longer loops are not loops over layers or time steps.
constexpr std::int64_t kMostTurns = 10000;

Error unproved(const std::string& layer, std::string_view why) {
  return error(ErrorKind::invalid, "'{}' {}, so requests might change each other's answers", layer, why);
}

// Runs one operator like the interpreter.
std::vector<at::IValue> run_alone(Node& node, const std::vector<Given>& given) {
  const auto graph = std::make_shared<torch::jit::Graph>();
  std::unordered_map<const Value*, Value*> here;
  torch::jit::Stack stack;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (here.count(node.input(i)) > 0) continue;
    here.emplace(node.input(i), graph->addInput()->setType(node.input(i)->type()));
    stack.push_back(given[i].value);
  }
  Node* copy = graph->appendNode(graph->createClone(&node, [&](Value* value) { return here.at(value); }));
  for (Value* output : copy->outputs()) graph->registerOutput(output);
  const torch::jit::Code code(graph, "operator");
  torch::jit::InterpreterState(code).run(stack);
  return stack;
}

class Walker {
 public:
  explicit Walker(std::int64_t count) : count_(count) {}

  void know(const Value* value, Given given) { known_[value] = std::move(given); }
  void forget(const Value* value) { known_.erase(value); }

  // Constants need no earlier know().
  const Given& find(const Value* value) {
    const auto found = known_.find(value);
    if (found != known_.end()) return found->second;
    TORCH_CHECK(script::is_constant(*value->node()), "the value of ", value->debugName(), " is unknown");
    return known_.emplace(value, Given{torch::jit::toIValue(value).value_or(at::IValue()), {}}).first->second;
  }

  // Returns an error that names the operator (called `layer`), or one inside of it.
  Result<void> walk(Node& node, const std::string& layer) {
    if (node.kind() == at::prim::If) return branch(node, layer);
    if (node.kind() == at::prim::Loop) return loop(node, layer);
    const auto* schema = node.maybeSchema();
    if (schema != nullptr && schema->is_mutable()) return unproved(layer, "writes in place");
    if (!node.blocks().empty() || node.hasSideEffects() || node.isNondeterministic())
      return unproved(layer, "is an operator whose result may depend on more than its arguments");
    return step(node, layer);
  }

 private:
  Result<void> step(Node& node, const std::string& layer) {
    std::vector<Given> given;
    for (const Value* input : node.inputs()) given.push_back(find(input));
    std::vector<at::IValue> made;
    try {
      made = run_alone(node, given);
    } catch (const std::exception& thrown) {
      return error(ErrorKind::invalid, "'{}' does not take several requests at once: {}", layer,
                   graph::complaint(thrown));
    }
    const bool same = std::all_of(given.begin(), given.end(), [](const Given& one) { return one.lay.is_same(); });
    const RowStep done(node, std::move(given), made, count_);
    const RowLays lays = same ? alike(done, {}) : lays_after(done);
    if (!lays) return unproved(layer, "is not known to compute each request from that request alone");
    for (std::size_t i = 0; i < made.size(); ++i) know(node.output(i), {std::move(made[i]), (*lays)[i]});
    return {};
  }

  Result<void> walk(Block& block, const std::string& layer) {
    for (Node* node : block.nodes()) {
      if (script::is_constant(*node)) continue;
      const std::string inner = layer + ", " + script::layer_name(*node, 0);
      if (auto done = walk(*node, node->blocks().empty() ? inner : layer); !done) return done;
    }
    return {};
  }

  // Gives the results of a block the names in the node that contains it.
  void hand_on(const Block& block, std::size_t skipped, at::ArrayRef<const Value*> to) {
    std::vector<Given> results;
    for (std::size_t i = skipped; i < block.outputs().size(); ++i) results.push_back(find(block.outputs()[i]));
    for (std::size_t i = 0; i < results.size(); ++i) know(to[i], std::move(results[i]));
  }

  // Proves a branch only if all requests take the same one, whatever their content and number.
  Result<void> branch(Node& node, const std::string& layer) {
    const Given& condition = find(node.input(0));
    if (!condition.lay.is_same()) return unproved(layer, "branches on what the requests bring");
    Block& taken = *node.blocks()[condition.value.toBool() ? 0 : 1];
    if (auto done = walk(taken, layer); !done) return done;
    const std::vector<const Value*> outputs(node.outputs().begin(), node.outputs().end());
    hand_on(taken, 0, outputs);
    return {};
  }

  // Proves a loop only if it runs equally often for all requests.
  Result<void> loop(Node& node, const std::string& layer) {
    Block& body = *node.blocks()[0];
    std::vector<const Value*> carried(body.inputs().begin() + 1, body.inputs().end());
    const Given most = find(node.input(0));
    Given go_on = find(node.input(1));
    for (std::size_t i = 0; i < carried.size(); ++i) know(carried[i], Given(find(node.input(i + 2))));
    for (std::int64_t turn = 0;; ++turn) {
      if (!most.lay.is_same() || !go_on.lay.is_same())
        return unproved(layer, "has a loop whose length depends on the requests");
      if (turn >= most.value.toInt() || !go_on.value.toBool()) break;
      if (turn >= kMostTurns) return unproved(layer, "loops too often to follow");
      know(body.inputs()[0], {turn, {}});
      if (auto done = walk(body, layer); !done) return done;
      go_on = find(body.outputs()[0]);
      hand_on(body, 1, carried);
    }
    for (std::size_t i = 0; i < carried.size(); ++i) know(node.output(i), Given(find(carried[i])));
    return {};
  }

  const std::int64_t count_;
  std::unordered_map<const Value*, Given> known_;
};

void note_uses(const Node& node, std::size_t place, std::unordered_map<const Value*, std::size_t>& last) {
  for (const Value* input : node.inputs()) last[input] = place;
  for (const Block* block : node.blocks()) {
    for (const Value* output : block->outputs()) last[output] = place;
    for (const Node* inner : block->nodes()) note_uses(*inner, place, last);
  }
}

// Returns the values with their last use at each position, so that their memory can be freed after it.
std::vector<std::vector<const Value*>> used_last(const std::vector<Node*>& operators, const script::CutCandidate& from,
                                                 const script::CutCandidate& to) {
  std::unordered_map<const Value*, std::size_t> last;
  for (std::size_t i = from.position; i < to.position; ++i) note_uses(*operators[i], i, last);
  for (const Value* value : to.live) last.erase(value);
  std::vector<std::vector<const Value*>> values(operators.size());
  for (const auto& [value, place] : last) values[place].push_back(value);
  return values;
}

Result<void> check_results(Walker& walker, const script::CutCandidate& to, std::int64_t count) {
  for (std::size_t i = 0; i < to.live.size(); ++i) {
    const Given& result = walker.find(to.live[i]);
    const bool first = result.lay.is_rows() && result.lay.dim == 0 && result.lay.outer == 1;
    if (first && result.value.toTensor().size(0) == result.lay.inner * count) continue;
    return error(ErrorKind::invalid, "result {} does not have the requests concatenated along its first size", i);
  }
  return {};
}

}  // namespace

Result<void> rows_are_apart(const std::vector<Node*>& operators, const script::CutCandidate& from,
                            const script::CutCandidate& to, const std::vector<at::Tensor>& in, std::int64_t count) {
  Walker walker(count);
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i].dim() == 0) return error(ErrorKind::invalid, "a scalar crosses, which has no first size");
    walker.know(from.live[i], {in[i], RowLay::along(0, 1, in[i].size(0) / count)});
  }
  const auto over = used_last(operators, from, to);
  for (std::size_t i = from.position; i < to.position; ++i) {
    if (auto done = walker.walk(*operators[i], script::layer_name(*operators[i], i)); !done) return done;
    for (const Value* value : over[i]) walker.forget(value);
  }
  return check_results(walker, to, count);
}

}  // namespace tideline::rows
