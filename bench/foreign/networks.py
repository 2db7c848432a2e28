"""Makes TorchScript files of many kinds: networks.py FOLDER [NAME...].

Writes FOLDER/NAME.pt with random weights, and FOLDER/list.json with the inputs of each file. Needs Debian's python3-torch
and python3-torchvision.
"""
import json
import os
import sys
import warnings

import torch
import torchvision
from torch import nn
from torchvision import models

from bench.foreign import layers

warnings.filterwarnings("ignore")
IMAGE, SMALL = [1, 3, 224, 224], [1, 3, 64, 64]
files = {}


def file(name, kind, *inputs):
    """Registers a function that makes a file. Inputs are specs in the form of `agent --input`."""

    def register(maker):
        files[name] = (kind, inputs, maker)
        return maker

    return register


def spec(shape, dtype="fp32"):
    return f"{dtype}[{','.join(str(size) for size in shape)}]"


def numbers(inputs):
    """Example tensors of these specs."""
    tensors = []
    for text in inputs:
        dtype, _, sizes = text[:-1].partition("[")
        shape = [int(size) for size in sizes.split(",")]
        tensors.append(torch.rand(shape) if dtype == "fp32" else torch.randint(0, 8, shape))
    return tensors


def save_traced(network, path, inputs):
    torch.jit.trace(network.eval(), tuple(numbers(inputs)), check_trace=False, strict=False).save(path)


def save_scripted(network, path, _):
    torch.jit.script(network.eval()).save(path)


SAVE = {"traced": save_traced, "scripted": save_scripted}


def add(name, how, make, *inputs):
    file(f"{name}-{how}", how, *inputs)(lambda path, given: SAVE[how](make(), path, given))


def vision(name):
    return lambda: getattr(models, name)(weights=None)


for family in ["alexnet", "vgg11", "resnet18", "squeezenet1_1", "mobilenet_v3_small", "shufflenet_v2_x0_5", "mnasnet0_5",
               "efficientnet_b0", "regnet_y_400mf", "densenet121", "swin_t", "vit_b_16"]:
    add(family, "traced", vision(family), spec(IMAGE))
for family in ["resnet18", "mobilenet_v2", "convnext_tiny", "vit_b_16"]:
    add(family, "scripted", vision(family), spec(IMAGE))
for family in ["googlenet", "inception_v3"]:
    def without_extra_heads(family=family):
        return getattr(models, family)(weights=None, init_weights=False, aux_logits=False)
    add(family, "scripted", without_extra_heads, spec(IMAGE if family == "googlenet" else [1, 3, 299, 299]))


def segmentation(name):
    return lambda: getattr(models.segmentation, name)(weights=None, weights_backbone=None)


add("fcn_resnet50", "scripted", segmentation("fcn_resnet50"), spec(SMALL))
add("lraspp_mobilenet", "scripted", segmentation("lraspp_mobilenet_v3_large"), spec(SMALL))
add("lraspp_mobilenet", "traced", segmentation("lraspp_mobilenet_v3_large"), spec(SMALL))
add("deeplabv3_mobilenet", "scripted", segmentation("deeplabv3_mobilenet_v3_large"), spec(SMALL))


def detector(name):
    return lambda: layers.OneImage(getattr(models.detection, name)(weights=None, weights_backbone=None))


add("fasterrcnn_mobilenet", "scripted", detector("fasterrcnn_mobilenet_v3_large_320_fpn"), spec([3, 96, 96]))
add("ssdlite_mobilenet", "scripted", detector("ssdlite320_mobilenet_v3_large"), spec([3, 96, 96]))
add("retinanet", "scripted", detector("retinanet_resnet50_fpn"), spec([3, 96, 96]))
add("nms", "scripted", layers.BestBoxes, spec([16, 4]), spec([16]))
add("roi_align", "scripted", layers.Regions, spec([1, 3, 32, 32]))

add("transformer_encoder", "traced", layers.encoder, spec([1, 12, 32]))
add("transformer_encoder", "scripted", layers.encoder, spec([1, 12, 32]))
add("embedding_bag_of_words", "scripted", layers.Words, spec([1, 12], "int64"))
add("lstm", "traced", layers.Recurrent, spec([1, 12, 16]))
add("gru", "scripted", lambda: layers.Recurrent(nn.GRU), spec([1, 12, 16]))
add("dictionary", "scripted", layers.Dictionary, spec(SMALL))
add("named_tuple", "scripted", layers.Named, spec(SMALL))
add("list_of_tensors", "scripted", layers.Pyramid, spec(SMALL))
add("chunks", "scripted", layers.Chunks, spec(SMALL))
add("nested_tuples", "scripted", layers.Nested, spec(SMALL))
add("optional_input", "scripted", layers.Masked, spec(SMALL))
add("counter", "scripted", layers.Counter, spec(SMALL))
add("running_mean", "scripted", layers.RunningMean, spec(SMALL))
add("random_numbers", "scripted", layers.Noisy, spec(SMALL))
add("branch_on_data", "scripted", layers.Branching, spec(SMALL))
add("device_in_code", "scripted", layers.OnDevice, spec(SMALL))


@file("quantised_resnet18-scripted", "int8", spec(IMAGE))
def _(path, inputs):
    network = models.quantization.resnet18(weights=None, quantize=False).eval()
    network.fuse_model(is_qat=False)
    save_scripted(layers.quantised(network, numbers(inputs)), path, inputs)


@file("quantised_mobilenet_v2-traced", "int8", spec(IMAGE))
def _(path, inputs):
    network = models.quantization.mobilenet_v2(weights=None, quantize=False).eval()
    network.fuse_model(is_qat=False)
    save_traced(layers.quantised(network, numbers(inputs)), path, inputs)


@file("quantised_by_fx-scripted", "int8", spec(SMALL))
def _(path, inputs):
    save_scripted(layers.quantised_by_fx(layers.Small(), numbers(inputs)), path, inputs)


@file("quantised_lstm-scripted", "int8, dynamic", spec([1, 12, 16]))
def _(path, inputs):
    network = torch.ao.quantization.quantize_dynamic(layers.Recurrent().eval(), {nn.LSTM, nn.Linear}, torch.qint8)
    save_scripted(network, path, inputs)


@file("mobilenet_v2-for_mobile", "optimised for mobile", spec(IMAGE))
def _(path, inputs):
    from torch.utils.mobile_optimizer import optimize_for_mobile
    optimize_for_mobile(torch.jit.script(vision("mobilenet_v2")().eval())).save(path)


@file("resnet18-frozen", "frozen", spec(IMAGE))
def _(path, inputs):
    torch.jit.freeze(torch.jit.script(vision("resnet18")().eval())).save(path)


@file("small-half", "fp16", spec(SMALL, "fp16"))
def _(path, inputs):
    torch.jit.script(layers.Small().eval().half()).save(path)


@file("small-double", "fp64", spec(SMALL, "fp64"))
def _(path, inputs):
    torch.jit.script(layers.Small().eval().double()).save(path)


@file("resnet18-saved_on_cuda", "saved on CUDA", spec(IMAGE))
def _(path, inputs):
    save_traced(vision("resnet18")(), path + ".cpu", inputs)
    layers.say_cuda(path + ".cpu", path)
    os.remove(path + ".cpu")


@file("weights_alone", "torch.save", spec(IMAGE))
def _(path, inputs):
    torch.save(vision("resnet18")().state_dict(), path)


def main(folder, names):
    made = []
    for name in names or files:
        kind, inputs, maker = files[name]
        torch.manual_seed(1)
        entry = {"name": name, "kind": kind, "inputs": list(inputs)}
        try:
            with torch.no_grad():
                maker(f"{folder}/{name}.pt", inputs)
        except Exception as problem:
            entry["not_made"] = str(problem).strip().splitlines()[0][:200]
        made.append(entry)
        print(f"{name}: {entry.get('not_made', 'made')}", file=sys.stderr, flush=True)
    with open(f"{folder}/list.json", "w") as out:
        json.dump(made, out, indent=1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
