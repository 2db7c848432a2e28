"""large_network.py FILE: writes a small TorchScript network that takes three planes of 1080 x 1920 floats."""
import sys

import torch


class Large(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = torch.nn.Conv2d(3, 8, 3, stride=4)

    def forward(self, x):
        return torch.relu(self.convolution(x)).mean(dim=[2, 3])


torch.jit.script(Large().eval()).save(sys.argv[1])
