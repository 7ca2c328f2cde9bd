"""What the lines in content/participate.md start from: a small network and a
small language model with fixed weights, and stimuli of the demo's archive.
Usage: setup.py ARCHIVE LINES, in the folder that the lines write to. LINES are
the blocks of the page, divided by lines of dashes. The files beside this one
were written by PyTorch 1.13 with NumPy 1.24."""

import pathlib, shutil, sys, zipfile
import numpy as np, torch
from PIL import Image

lab, lines = pathlib.Path(sys.argv[1]) / "benchmarks", open(sys.argv[2], encoding="utf-8").read()
choices, numpy, activations, rdm, logprobs, surprisal = lines.split("-" * 20 + "\n")

shutil.copytree(lab / "Simulated.orientation-error_consistency" / "stimuli", "edge/dnn")
with zipfile.ZipFile("images_210325.zip", "w") as z:
    for image in (lab / "Simulated.V1-rdm" / "stimuli").glob("*.png"):
        z.write(image, image.name)


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
        self.filters = torch.nn.Conv2d(1, 8, 15, stride=4, bias=False)
        self.filters.weight.data = torch.stack([f - f.mean() for f in filters])[:, None]
        self.pool = torch.nn.AdaptiveAvgPool2d(2)

    def forward(self, images):
        return self.pool(self.filters(images.mean(1, keepdim=True)).square()).mean((2, 3))


model = Oriented()
layer = model.pool
classes = {"horizontal": [0, 7], "right-oblique": [1, 2], "vertical": [3, 4], "left-oblique": [5, 6]}
exec(choices)
exec(numpy, {"np": np, "activations": np.zeros((2, 3, 4))})  # is written again by the next
exec(activations)
exec(rdm)


class Tokenizer:
    """Tokens of three characters."""

    def __call__(self, text, return_tensors):
        self.tokens = sorted({text[i : i + 3] for i in range(0, len(text), 3)})
        ids = [self.tokens.index(text[i : i + 3]) for i in range(0, len(text), 3)]
        return type("Encoding", (), {"input_ids": torch.tensor([ids])})

    def decode(self, ids):
        return self.tokens[ids[0]]


class Uniform(torch.nn.Module):
    """Each of 8 tokens is as likely as every other: 3 bits."""

    def forward(self, ids):
        return type("Output", (), {"logits": torch.zeros(1, ids.shape[1], 8)})


model, tokenizer = Uniform(), Tokenizer()
stories = ["One, \"two\" é.", "Three four"]
surprisals = [[float("nan"), 2.5, 0.125], [1, 1e-7]]
exec(logprobs)
exec(surprisal)
