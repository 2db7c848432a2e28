"""A graph of TensorFlow.js as a torch module. It knows the operators that the networks of convert.py have, and refuses others.

TensorFlow's images end in their channels, torch's begin with them. So a tensor is kept as torch wants it, together with the
order of axes that the graph believes in: transposing changes that order only.
"""
import base64
import dataclasses

import numpy as np
import torch
import torch.nn.functional as F

CHANNELS_LAST = (0, 2, 3, 1)


@dataclasses.dataclass
class Value:
    tensor: torch.Tensor
    order: tuple = None  # Axis i of the graph is axis order[i] of the tensor.
    margin: tuple = (0, 0)  # Rows and columns that a Pad has added on each side, for the operator that comes next.
    fill: float = 0

    def __post_init__(self):
        self.order = self.order or tuple(range(self.tensor.dim()))

    def as_graph(self):
        """Returns the tensor with the axes that the graph believes in."""
        refuse(self.margin != (0, 0), "a margin before an operator that takes none")
        return self.tensor if self.order == tuple(range(len(self.order))) else self.tensor.permute(self.order)

    def with_tensor(self, tensor):
        refuse(self.margin != (0, 0), "a margin before an operator that takes none")
        return Value(tensor, self.order)


def refuse(condition, what):
    if condition:
        raise ValueError(f"the graph has {what}, which is not supported")


class Graph(torch.nn.Module):
    """Takes an image [N,3,H,W]; returns the outputs of those names."""

    def __init__(self, document, weights, outputs):
        super().__init__()
        nodes = {node["name"]: Node(node) for node in document["modelTopology"]["node"]}
        self.outputs = outputs
        self.constants = {name: weights[name] for name, node in nodes.items() if node.op == "Const"}
        self.steps = in_order(nodes, outputs)
        self.biases = find_biases(self.steps, self.constants)
        for step in self.steps:
            if step.op == "Conv2D":
                self.add_weight(step, "kernel", self.constants[step.inputs[1]].transpose(3, 2, 0, 1))
                if step.name in self.biases:
                    self.add_weight(step, "bias", self.constants[self.biases[step.name]])

    def add_weight(self, step, kind, value):
        weight = torch.from_numpy(np.ascontiguousarray(value))
        self.register_parameter(key(step, kind), torch.nn.Parameter(weight, requires_grad=False))

    def weight(self, step, kind):
        return self._parameters.get(key(step, kind))

    def forward(self, image):
        values = dict(self.constants)
        for step in self.steps:
            inputs = [part(values, name) for name in step.inputs]
            refuse(step.op not in OPERATORS, f"the operator {step.op}")
            values[step.name] = image_value(step, image) if step.op == "Placeholder" else OPERATORS[step.op](self, step, *inputs)
        return tuple(values[name].as_graph() for name in self.outputs)


class Node:
    def __init__(self, node):
        self.name, self.op, self.attributes = node["name"], node["op"], node.get("attr", {})
        self.inputs = [name for name in node.get("input", []) if not name.startswith("^")]

    def integers(self, name):
        return [int(i) for i in self.attributes[name]["list"]["i"]]

    def text(self, name):
        return base64.b64decode(self.attributes[name]["s"]).decode()

    def is_set(self, name):
        return bool(self.attributes.get(name, {}).get("b"))


def key(step, kind):
    return "".join(c if c.isalnum() else "_" for c in f"{step.name}_{kind}")


def in_order(nodes, outputs):
    """Returns the nodes that the outputs need, each after its inputs, without the constants."""
    steps, seen, left = [], set(), [(name, False) for name in reversed(outputs)]
    while left:
        name, ready = left.pop()
        if ready:
            steps.append(nodes[name])
        elif name not in seen and nodes[name].op != "Const":
            seen.add(name)
            left.append((name, True))
            left += [(one.partition(":")[0], False) for one in nodes[name].inputs]
    return steps


def find_biases(steps, constants):
    """Returns the constants that are added to a convolution's channels and nothing else, by the convolution's name."""
    readers = {}
    for step in steps:
        for name in step.inputs:
            readers.setdefault(name, []).append(step)
    found = {}
    for step in steps:
        one, *others = readers.get(step.name, [None])
        if step.op == "Conv2D" and not others and one and one.op == "Add" and one.inputs[0] == step.name:
            if constants.get(one.inputs[1], np.zeros(())).ndim == 1:
                found[step.name] = one.inputs[1]
    return found


def part(values, name):
    """Returns the value of that name; 'split:1' is the second part of a list."""
    whole, _, number = name.partition(":")
    value = values[whole]
    return value[int(number or 0)] if isinstance(value, list) else value


def image_value(step, image):
    """The graph's own input is [N,3,H,W] or [N,H,W,3]."""
    sizes = [int(one.get("size", -1)) for one in step.attributes["shape"]["shape"]["dim"]]
    return Value(image, CHANNELS_LAST if sizes[3] == 3 else None)


def constant(value):
    refuse(isinstance(value, Value), "computed sizes")
    return value


def pad(graph, step, x, amounts, fill=np.float32(0)):
    amounts = constant(amounts)
    margins = {axis: (int(before), int(after)) for axis, (before, after) in zip(x.order, amounts) if before or after}
    refuse(any(before != after or axis < 2 for axis, (before, after) in margins.items()), "an uneven margin")
    return Value(x.tensor, x.order, tuple(margins.get(axis, (0, 0))[0] for axis in (2, 3)), float(fill))


def convolve(graph, step, x, _):
    refuse(x.order != CHANNELS_LAST or step.text("padding") != "VALID" or x.fill != 0, "a convolution of another form")
    refuse(step.integers("dilations") != [1, 1, 1, 1], "a dilated convolution")
    return Value(F.conv2d(x.tensor, graph.weight(step, "kernel"), graph.weight(step, "bias"), step.integers("strides")[1:3],
                          x.margin), CHANNELS_LAST)


def pool(graph, step, x):
    lowest = float(np.finfo(np.float32).min)  # torch's own margin never is the largest; so must be the graph's.
    refuse(x.order != CHANNELS_LAST or step.text("padding") != "VALID", "a pooling of another form")
    refuse(x.margin != (0, 0) and x.fill > lowest, "a pooling over a margin that counts")
    return Value(F.max_pool2d(x.tensor, step.integers("ksize")[1:3], step.integers("strides")[1:3], x.margin), CHANNELS_LAST)


def add(graph, step, x, y):
    if not isinstance(x, Value) and not isinstance(y, Value):
        return x + y
    if graph.biases.get(step.inputs[0]) == step.inputs[1]:
        return x  # The convolution has added it.
    refuse(not isinstance(x, Value) or not isinstance(y, Value) or x.order != y.order, "a sum of another form")
    return x.with_tensor(x.tensor + y.with_tensor(y.tensor).tensor)


def transpose(graph, step, x, axes):
    return Value(x.tensor, tuple(x.order[axis] for axis in constant(axes)), x.margin, x.fill)


def concatenate(graph, step, *inputs):
    *values, axis = inputs
    refuse(any(value.order != values[0].order for value in values), "parts of several forms")
    return values[0].with_tensor(torch.cat([value.tensor for value in values], values[0].order[int(axis)]))


def split(graph, step, x, sizes, axis):
    parts = x.tensor.split([int(size) for size in constant(sizes)], x.order[int(axis)])
    return [x.with_tensor(one) for one in parts]


def resize(graph, step, x, size):
    refuse(x.order != CHANNELS_LAST, "a resizing of another form")
    refuse(step.is_set("align_corners") or not step.is_set("half_pixel_centers"), "a resizing with another grid")
    sizes = tuple(int(side) for side in constant(size))
    return x.with_tensor(F.interpolate(x.tensor, sizes, mode="bilinear", align_corners=False))


def dense(graph, step, places, shape, values, rest):
    """Makes an array of constants from a sparse one."""
    made = np.full(shape, rest)
    made[tuple(np.asarray(places, int).T)] = values
    return made


OPERATORS = {
    "Placeholder": None,
    "Identity": lambda graph, step, x: x,
    "Pad": pad, "PadV2": pad,
    "Conv2D": convolve,
    "MaxPool": pool,
    "Add": add, "AddV2": add,
    "Transpose": transpose,
    "ConcatV2": concatenate,
    "SplitV": split,
    "ResizeBilinear": resize,
    "SparseToDense": dense,
    "LeakyRelu": lambda graph, step, x: x.with_tensor(F.leaky_relu(x.tensor, step.attributes["alpha"]["f"])),
    "Sigmoid": lambda graph, step, x: x.with_tensor(torch.sigmoid(x.tensor)),
    "Reshape": lambda graph, step, x, shape: Value(x.as_graph().reshape([int(size) for size in constant(shape)])),
}
