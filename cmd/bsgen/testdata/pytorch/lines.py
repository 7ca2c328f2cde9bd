import csv, pathlib, torch
from PIL import Image

model.eval()
with open("choices.csv", "w", newline="") as f, torch.no_grad():
    table = csv.writer(f)
    table.writerow(["stimulus", "choice"])
    for image in sorted(pathlib.Path("edge").rglob("*.png")):
        p = model(preprocess(Image.open(image).convert("RGB")).unsqueeze(0)).softmax(1)[0]
        table.writerow([image.name, max(classes, key=lambda c: p[classes[c]].mean())])
--------------------
np.save("V4.npy", activations.reshape(len(activations), -1).astype(np.float32))
--------------------
import zipfile
import numpy as np, torch
from PIL import Image

rows = []
layer.register_forward_hook(lambda module, args, out: rows.append(out.flatten(1).float().cpu()))
model.eval()
with zipfile.ZipFile("images_210325.zip") as images, torch.no_grad():
    for name in sorted(images.namelist()): # image0001.jpg ... image0640.jpg
        model(preprocess(Image.open(images.open(name)).convert("RGB")).unsqueeze(0))
np.save("V4.npy", torch.cat(rows).numpy())
--------------------
np.save("rdm.npy", 1 - torch.corrcoef(torch.cat(rows).double()).numpy())
--------------------
import csv, math, torch

model.eval()
with open("logprobs.csv", "w", newline="") as f, torch.no_grad():
    table = csv.writer(f)
    table.writerow(["story", "token", "logprob"])
    for story, text in enumerate(stories, start=1):
        ids = tokenizer(text, return_tensors="pt").input_ids
        logp = model(ids).logits.log_softmax(-1)[0, :-1].gather(1, ids[0, 1:, None])[:, 0]
        for token, lp in zip(ids[0], [math.nan, *logp.tolist()]): # nothing predicts the first token
            table.writerow([story, tokenizer.decode([token]), lp])
--------------------
import csv

with open("surprisal.csv", "w", newline="") as f:
    table = csv.writer(f)
    table.writerow(["story", "word", "surprisal"])
    for story, bits in enumerate(surprisals, start=1):
        table.writerows([story, i, x] for i, x in enumerate(bits, start=1))
