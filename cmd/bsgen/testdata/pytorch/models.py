"""What the lines in docs/models.md start from: a small network with fixed
weights. Usage: models.py LINES, in a folder with the stimuli in V4-images and
edge, which the lines write to. LINES are the blocks of the page, divided by lines
of dashes. shown.json has what the network gives for two images of 224 x 224. The
files beside this one were written by PyTorch 1.13 with NumPy 1.24 and onnx 1.12."""

import json, sys
import numpy as np, torch

activations, choices, export, one_file = open(sys.argv[1], encoding="utf-8").read().split("-" * 20 + "\n")


def preprocess(image):
    return torch.from_numpy(np.asarray(image, dtype=np.float32) / 255).permute(2, 0, 1)


class Oriented(torch.nn.Module):
    """Energy of eight oriented filters, of which each pair is a class."""

    def __init__(self):
        super().__init__()
        y, x = torch.meshgrid(torch.arange(-7.0, 8), torch.arange(-7.0, 8), indexing="ij")
        filters = []
        for k in range(8):
            a = torch.tensor(k * np.pi / 8)
            filters.append(torch.cos((x * torch.sin(a) + y * torch.cos(a)) * 1.2) * torch.exp(-(x**2 + y**2) / 20))
        self.filters = torch.nn.Conv2d(1, 8, 15, stride=4, padding=7, bias=False)
        self.filters.weight.data = torch.stack([f - f.mean() for f in filters])[:, None]
        self.pool = torch.nn.AdaptiveAvgPool2d(2)

    def forward(self, images):
        return self.pool(self.filters(images.mean(1, keepdim=True)).square()).mean((2, 3))


model = Oriented()
layer = model.pool
layers = {"V1": model.filters, "V4": model.pool}
classes = {"horizontal": [0, 7], "right-oblique": [1, 2], "vertical": [3, 4], "left-oblique": [5, 6]}
for block in (activations, choices, export, one_file):
    exec(block)

images = (torch.arange(2 * 3 * 224 * 224) * 7919 % 256 / 255).reshape(2, 3, 224, 224)
with torch.no_grad():
    logits = model(images)
    hook = layer.register_forward_hook(lambda module, args, out: rows.append(out))
    rows.clear()
    model(images)
with open("shown.json", "w") as f:
    json.dump({"V4": rows[0].flatten().tolist(), "logits": logits.flatten().tolist()}, f)
