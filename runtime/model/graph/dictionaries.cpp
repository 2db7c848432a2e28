#include "runtime/model/graph/dictionaries.h"

#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tideline::graph {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

bool is(const Node& node, const char* kind) {
  return node.kind() == at::Symbol::fromQualString(kind);
}

bool makes_dictionary(const Node& node) {
  if (node.outputs().size() != 1) return false;
  const auto type = node.output()->type()->cast<c10::DictType>();
  if (!type || type->getKeyType()->kind() != c10::TypeKind::StringType) return false;
  return node.kind() == at::prim::DictConstruct || (is(node, "aten::dict") && node.inputs().empty());
}

std::optional<std::string> key_of(Value* value) {
  const auto key = torch::jit::constant_as<std::string>(value);
  return key ? std::optional<std::string>(*key) : std::nullopt;
}

// The content of one dictionary, while its users are followed in order.
class Dictionary {
 public:
  explicit Dictionary(Node& maker) : maker_(maker), end_(maker.owningBlock()->return_node()) {}

  // Returns false if the graph does not determine its content.
  bool follow() {
    for (std::size_t i = 0; i + 1 < maker_.inputs().size(); i += 2)
      if (!put(maker_.input(i), maker_.input(i + 1))) return false;
    const auto users = users_in_order();
    return std::all_of(users.begin(), users.end(), [this](Node* user) { return meet(*user); });
  }

  // REQUIRES: follow() returned true. Returns true iff something changed.
  bool settle(Graph& graph) {
    for (const auto& [node, value] : read_) node->output()->replaceAllUsesWith(value);
    for (Node* node : writes_) node->destroy();
    for (const auto& [node, value] : read_) node->destroy();
    if (!returned_ || writes_.empty()) return !read_.empty() || !writes_.empty();
    const torch::jit::WithInsertPoint here(returned_);
    std::vector<Value*> keys, values;
    for (const auto& [key, value] : held_) {
      keys.push_back(graph.insertConstant(key));
      values.push_back(value);
    }
    const auto type = maker_.output()->type()->expect<c10::DictType>();
    Node* whole = graph.insertNode(graph.createDict(type->getKeyType(), type->getValueType(), keys, values));
    maker_.output()->replaceAllUsesWith(whole->output());
    return true;
  }

 private:
  // Returns each user once. Users inside of branches and loops come first, and stop the analysis.
  std::vector<Node*> users_in_order() const {
    std::vector<Node*> users;
    for (const auto& use : maker_.output()->uses())
      if (std::find(users.begin(), users.end(), use.user) == users.end()) users.push_back(use.user);
    const auto beside = [this](const Node* user) { return user->owningBlock() == maker_.owningBlock(); };
    const auto first = std::stable_partition(users.begin(), users.end(), [&](Node* user) { return !beside(user); });
    std::sort(first, users.end(), [](const Node* a, const Node* b) { return a->isBefore(b); });
    return users;
  }

  bool meet(Node& user) {
    if (user.owningBlock() != maker_.owningBlock()) return false;
    if (&user == end_ || user.kind() == at::prim::TupleConstruct) {
      if (!returned_) returned_ = &user;
      return true;
    }
    if (user.inputs().empty() || user.input(0) != maker_.output()) return false;
    if (is(user, "aten::_set_item") && user.input(2) != maker_.output()) {
      writes_.push_back(&user);
      return !returned_ && put(user.input(1), user.input(2));
    }
    return is(user, "aten::__getitem__") && get(user);
  }

  bool put(Value* name, Value* value) {
    const auto key = key_of(name);
    if (!key) return false;
    for (const auto& [node, known] : read_)
      if (value == node->output()) value = known;  // A value read from the dictionary is stored into it again.
    if (const auto there = find(*key); there != held_.end()) {
      there->second = value;
    } else {
      held_.emplace_back(*key, value);
    }
    return true;
  }

  bool get(Node& reader) {
    const auto key = key_of(reader.input(1));
    if (!key || find(*key) == held_.end()) return false;
    read_.emplace_back(&reader, find(*key)->second);
    return true;
  }

  std::vector<std::pair<std::string, Value*>>::iterator find(const std::string& key) {
    return std::find_if(held_.begin(), held_.end(), [&](const auto& entry) { return entry.first == key; });
  }

  Node& maker_;
  Node* const end_;
  std::vector<std::pair<std::string, Value*>> held_;
  std::vector<std::pair<Node*, Value*>> read_;
  std::vector<Node*> writes_;
  Node* returned_ = nullptr;
};

}  // namespace

bool settle_dictionaries(Graph& graph) {
  bool changed = false;
  const std::vector<Node*> nodes(graph.nodes().begin(), graph.nodes().end());
  std::vector<Node*> makers;
  std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(makers),
               [](Node* node) { return makes_dictionary(*node); });
  for (Node* maker : makers) {
    Dictionary dictionary(*maker);
    if (dictionary.follow()) changed = dictionary.settle(graph) || changed;
  }
  return changed;
}

}  // namespace tideline::graph
