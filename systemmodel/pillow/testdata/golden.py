# Writes golden.json: what Pillow makes of images that any language can make
# again. It ran with Pillow 9.4.0, Debian 12's python3-pil:
#
#   python3 golden.py > golden.json
import hashlib, json, PIL
from PIL import Image

def noise(w, h, c):  # xorshift32, seed 1
    x, out = 1, bytearray()
    for _ in range(w * h * c):
        x ^= x << 13 & 0xFFFFFFFF
        x ^= x >> 17
        x ^= x << 5 & 0xFFFFFFFF
        out.append(x & 255)
    return Image.frombytes("RGB" if c == 3 else "L", (w, h), bytes(out))

FILTERS = {"box": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
SIZES = [((64, 48), (32, 24)), ((64, 48), (100, 77)), ((53, 91), (27, 91)), ((53, 91), (53, 20)),
         ((128, 128), (7, 5)), ((1, 1), (9, 9)), ((300, 2), (227, 227)), ((175, 175), (224, 224))]

cases = []
for c in (3, 1):
    for src, dst in SIZES:
        for name, f in FILTERS.items():
            m = noise(*src, c).resize(dst, f)
            cases.append({"channels": c, "from": src, "to": dst, "filter": name, "sha256": hashlib.sha256(m.tobytes()).hexdigest()})
grey = hashlib.sha256(noise(64, 48, 3).convert("L").tobytes()).hexdigest()
print(json.dumps({"pillow": PIL.__version__, "grey_64x48": grey, "cases": cases}, indent=1))
