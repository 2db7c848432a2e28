"""A Keras network in TensorFlow.js's form as a torch module. It knows the layers that the networks of convert.py have, and refuses
others."""
import numpy as np
import torch
from torch import nn


def refuse(condition, layer):
    if condition:
        raise ValueError(f"the layer {layer['name']} is of a form that is not supported")


class Layers(nn.Module):
    """Takes an image [N,3,H,W]; returns the scores of the last layer."""

    def __init__(self, document, weights):
        super().__init__()
        self.steps, self.parts = [], nn.ModuleList()
        for layer in document["modelTopology"]["model_config"]["config"]["layers"]:
            inputs = [source[0] for node in layer["inbound_nodes"] for source in node]
            refuse(layer["class_name"] not in MAKERS, layer)
            self.parts.append(MAKERS[layer["class_name"]](layer, layer["config"], Weights(weights, layer["name"])))
            self.steps.append((layer["name"], inputs))

    def forward(self, image):
        values = {}
        for (name, inputs), module in zip(self.steps, self.parts):
            last = values[name] = module(*[values[one] for one in inputs] if inputs else [image])
        return last


class Weights:
    def __init__(self, weights, layer):
        self.weights, self.layer = weights, layer

    def parameter(self, name, *axes):
        value = self.weights[f"{self.layer}/{name}"]
        return nn.Parameter(torch.from_numpy(np.ascontiguousarray(value.transpose(axes) if axes else value)), requires_grad=False)


class Sum(nn.Module):
    def forward(self, x, y):
        return x + y


def convolution(layer, config, weights):
    """Margins are even: those of `same` must not depend on the size of the image."""
    alone = layer["class_name"] == "DepthwiseConv2D"
    kernel = weights.parameter("depthwise_kernel", 2, 3, 0, 1) if alone else weights.parameter("kernel", 3, 2, 0, 1)
    same, size, strides = config["padding"] == "same", config["kernel_size"], config["strides"]
    refuse(same and (strides != [1, 1] or any(side % 2 == 0 for side in size)), layer)
    refuse(config["dilation_rate"] != [1, 1] or config["activation"] != "linear" or config["use_bias"], layer)
    refuse(alone and config["depth_multiplier"] != 1, layer)
    made = nn.Conv2d(kernel.shape[0] if alone else kernel.shape[1], kernel.shape[0], size, strides,
                     [side // 2 for side in size] if same else 0, groups=kernel.shape[0] if alone else 1, bias=False)
    made.weight = kernel
    return made


def normalisation(layer, config, weights):
    made = nn.BatchNorm2d(len(weights.parameter("beta")), config["epsilon"])
    made.weight, made.bias = weights.parameter("gamma"), weights.parameter("beta")
    made.running_mean, made.running_var = weights.parameter("moving_mean").data, weights.parameter("moving_variance").data
    return made


def dense(layer, config, weights):
    kernel = weights.parameter("kernel", 1, 0)
    made = nn.Linear(*reversed(kernel.shape))
    made.weight, made.bias = kernel, weights.parameter("bias")
    refuse(config["activation"] not in ("relu", "softmax"), layer)
    return nn.Sequential(made, nn.ReLU() if config["activation"] == "relu" else nn.Softmax(1))


def margin(layer, config, _):
    (top, bottom), (left, right) = config["padding"]
    return nn.ZeroPad2d((left, right, top, bottom))


def pooling(layer, config, _):
    refuse(config["padding"] != "valid", layer)
    return nn.AvgPool2d(config["pool_size"], config["strides"])


def at_most(layer, config, _):
    refuse(config["max_value"] != 6 or config["negative_slope"] or config["threshold"], layer)
    return nn.ReLU6()


def flat(layer, config, _):
    """Of one pixel: others would be in another order, since Keras' images end in their channels."""
    return nn.Flatten()


MAKERS = {
    "InputLayer": lambda *_: nn.Identity(),
    "Conv2D": convolution, "DepthwiseConv2D": convolution,
    "BatchNormalization": normalisation,
    "ReLU": at_most,
    "ZeroPadding2D": margin,
    "AveragePooling2D": pooling,
    "Flatten": flat,
    "Dense": dense,
    "Add": lambda *_: Sum(),
    "Dropout": lambda *_: nn.Identity(),
}
