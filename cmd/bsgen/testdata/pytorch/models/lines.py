import csv, pathlib
import numpy as np, torch
from PIL import Image

folder = pathlib.Path("V4-images")
with open(folder / "stimuli.csv", newline="", encoding="utf-8") as f:
    stimuli = list(csv.DictReader(f))
rows = []
hook = layer.register_forward_hook(lambda module, args, out: rows.append(out.flatten(1).float().cpu()))
model.eval()
with torch.no_grad():
    for s in stimuli:
        model(preprocess(Image.open(folder / s["file"]).convert("RGB")).unsqueeze(0))
hook.remove()
np.save("V4.npy", torch.cat(rows).numpy())
--------------------
folder = pathlib.Path("edge")
with open(folder / "stimuli.csv", newline="", encoding="utf-8") as f:
    stimuli = list(csv.DictReader(f))
with open("choices.csv", "w", newline="", encoding="utf-8") as f, torch.no_grad():
    table = csv.writer(f)
    table.writerow(["stimulus", "choice"])
    for s in stimuli:
        p = model(preprocess(Image.open(folder / s["file"]).convert("RGB")).unsqueeze(0)).softmax(1)[0]
        table.writerow([s["stimulus"], max(classes, key=lambda c: p[classes[c]].mean())])
--------------------
class Shown(torch.nn.Module):
    """A model that gives, before its own output, what some of its layers gave."""

    def __init__(self, model, layers):
        super().__init__()
        self.model, self.names, self.seen = model, list(layers), {}
        for name, layer in layers.items():
            layer.register_forward_hook(lambda module, args, out, name=name: self.seen.update({name: out}))

    def forward(self, image):
        output = self.model(image)
        return (*(self.seen[name] for name in self.names), output)

outputs = [*layers, "logits"]  # layers: {"V1": model.features[2], "V4": model.features[7], ...}
torch.onnx.export(
    Shown(model, layers).eval(),
    torch.zeros(1, 3, 224, 224),
    "model.onnx",
    input_names=["image"],
    output_names=outputs,
    dynamic_axes={name: {0: "n"} for name in ["image", *outputs]},  # any number of images at a time
)
--------------------
import onnx

onnx.save_model(onnx.load("model.onnx"), "model.onnx", save_as_external_data=False)
for node in onnx.load("model.onnx").graph.node:
    print(node.op_type, *node.output)  # the names of the tensors inside
