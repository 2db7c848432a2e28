"""Small networks with the operations of real networks, for networks.py."""
from typing import Dict, List, NamedTuple, Optional
import zipfile

import torch
import torchvision
from torch import nn


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1), nn.Linear(8, 5)

    def features(self, x):
        return torch.relu(self.second(torch.relu(self.first(x))))

    def forward(self, x):
        return self.last(self.features(x).mean([2, 3]))


class Dictionary(Small):
    def forward(self, x) -> Dict[str, torch.Tensor]:
        x = self.features(x)
        return {"scores": self.last(x.mean([2, 3])), "features": x}


class Answer(NamedTuple):
    scores: torch.Tensor
    features: torch.Tensor


class Named(Small):
    def forward(self, x) -> Answer:
        x = self.features(x)
        return Answer(self.last(x.mean([2, 3])), x)


class Pyramid(Small):
    def forward(self, x) -> List[torch.Tensor]:
        levels: List[torch.Tensor] = []
        for _ in range(3):
            x = nn.functional.max_pool2d(x, 2)
            levels.append(self.features(x))
        return levels


class Chunks(Small):
    def forward(self, x):
        return torch.chunk(self.features(x), 2, dim=1)


class Nested(Small):
    def forward(self, x):
        x = self.features(x)
        return self.last(x.mean([2, 3])), (x, x.amax([2, 3]))


class Masked(Small):
    def forward(self, x, mask: Optional[torch.Tensor] = None, scale: float = 2.0):
        x = self.features(x) * scale
        if mask is not None:
            x = x * mask
        return self.last(x.mean([2, 3]))


class Counter(Small):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return self.last(self.features(x).mean([2, 3])) * self.calls


class RunningMean(Small):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, 8))

    def forward(self, x):
        self.mean.mul_(0.9).add_(0.1 * self.features(x).mean([2, 3]))
        return self.last(self.mean)


class Noisy(Small):
    def forward(self, x):
        return self.last(self.features(x + torch.rand_like(x)).mean([2, 3]))


class Branching(Small):
    def forward(self, x):
        if bool(x.max() > 50):
            x = x / 255
        return self.last(self.features(x).mean([2, 3]))


class OnDevice(Small):
    def forward(self, x):
        grid = torch.arange(x.shape[-1], device=torch.device("cuda:0"))
        return self.last(self.features(x.to("cuda:0") + grid).mean([2, 3]))


class BestBoxes(nn.Module):
    def forward(self, boxes, scores):
        corners = torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:].abs() + 1], 1)
        kept = torchvision.ops.nms(corners, scores, 0.5)
        best = torch.zeros([5], dtype=torch.int64)
        count = min(5, kept.shape[0])
        best[:count] = kept[:count]
        return corners[best]


class Regions(Small):
    def forward(self, x):
        boxes = torch.tensor([[0.0, 2.0, 2.0, 20.0, 20.0], [0.0, 0.0, 0.0, 31.0, 31.0]])
        return torchvision.ops.roi_align(self.features(x), boxes, [7, 7])


class OneImage(nn.Module):
    """A detector for a file that takes a tensor: the boxes of the first image."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, image) -> Dict[str, torch.Tensor]:
        losses, found = self.detector([image])
        return found[0]


def encoder():
    layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.last = nn.Embedding(100, 16), nn.Linear(16, 3)

    def forward(self, x):
        return self.last(self.words(x).mean(1))


class Recurrent(nn.Module):
    def __init__(self, kind=nn.LSTM):
        super().__init__()
        self.layer, self.last = kind(16, 24, num_layers=2, batch_first=True), nn.Linear(24, 3)

    def forward(self, x):
        return self.last(self.layer(x)[0][:, -1])


def quantised(network, inputs):
    """By torch.quantization, calibrated on the inputs."""
    network.qconfig = torch.ao.quantization.get_default_qconfig("qnnpack")
    torch.ao.quantization.prepare(network, inplace=True)
    network(*inputs)
    return torch.ao.quantization.convert(network, inplace=True)


def quantised_by_fx(network, inputs):
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx
    settings = torch.ao.quantization.get_default_qconfig_mapping("qnnpack")
    network = prepare_fx(network.eval(), settings, example_inputs=tuple(inputs))
    network(*inputs)
    return convert_fx(network)


def say_cuda(path, to):
    """Rewrites the archive as if its tensors had been on a GPU when it was saved."""
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as out:
        for name in given.namelist():
            data = given.read(name)
            if name.endswith(".pkl"):
                data = data.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
            out.writestr(name, data)
