"""A detector that also reads the boxes from its maps, so that its answer is small: [1,MOST,6]."""
import torch

STRIDES = 8, 16, 32
MOST = 300


class Boxes(torch.nn.Module):
    """Wraps a network with NanoDet's six maps: of scores, then of distances, each for all strides (runtime/task/README.md). Returns
    a row for each of the cells with the best scores: x_min, y_min, x_max, y_max in pixels of the input, score, class."""

    def __init__(self, network, side):
        super().__init__()
        self.network = network
        cells = [cell for stride in STRIDES for cell in cells_of(side, stride)]
        self.most = min(MOST, len(cells))
        self.register_buffer("centres", torch.tensor([cell[:2] * 2 for cell in cells]))
        self.register_buffer("strides", torch.tensor([cell[2:] for cell in cells]))

    def forward(self, image):
        maps = self.network(image)
        scores, distances = torch.cat(maps[:3], 1)[0], torch.cat(maps[3:], 1)[0]
        best, label = scores.max(1)
        best, at = best.topk(self.most)
        likely = distances[at].reshape(-1, 4, distances.shape[1] // 4).softmax(2)
        reach = (likely * torch.arange(likely.shape[2], dtype=likely.dtype)).sum(2) * self.strides[at]
        corners = self.centres[at] + torch.cat([-reach[:, :2], reach[:, 2:]], 1)
        return torch.cat([corners, best[:, None], label[at][:, None].to(best.dtype)], 1)[None]


def cells_of(side, stride):
    """Returns the centre of each cell, row by row, and the stride: [x, y, stride]."""
    steps = range(-(-side // stride))
    return [[(column + 0.5) * stride, (row + 0.5) * stride, float(stride)] for row in steps for column in steps]
