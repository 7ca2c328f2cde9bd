#!/usr/bin/env python3
"""Whole-process comparison of the Go scorer with scikit-learn.

    python3 bench.py [--pairs 3] [--dir DIR] [--metrics pls,ridgecv] [S1 S2 S3]

Makes activations and responses from a seed, then runs the two programs in
turn, each as a process of its own (start, import, read, score), checks that
they agree, and prints the ratio of the median times and the peak memory. The
ratio of processor time, beside it, suffers less from other work on the machine.
Needs Go, NumPy and scikit-learn; run from anywhere inside the repository.

The activations have a power-law spectrum (the k-th principal component falls
as k^-0.7); responses are linear in them plus noise. Splits: ten ShuffleSplits
of 90/10, seed 1.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = {  # stimuli, features, targets
    "S1": (135, 1000, 102),
    "S2": (3200, 1000, 168),
    "S3": (384, 768, 13553),
}


def make(directory, name):
    import numpy as np
    n, p, q = SIZES[name]
    rng = np.random.RandomState(0)
    r = min(n, p)
    scale = np.arange(1, r + 1) ** -0.7
    latent = rng.randn(n, r) * scale
    basis, _ = np.linalg.qr(rng.randn(p, r))
    x = (latent @ basis.T).astype(np.float32).astype(np.float64)
    signal = latent @ rng.randn(r, q)
    y = signal + signal.std() * rng.randn(n, q)
    np.save(os.path.join(directory, name + "_x.npy"), x)
    np.save(os.path.join(directory, name + "_y.npy"), y.astype(np.float32).astype(np.float64))


def alphas():
    import numpy as np
    a = [0.01, 0.1, 0.5, 1.0] + list(np.linspace(10, 100, 4, endpoint=False))
    for lo in (1e2, 1e3, 1e4, 1e5):
        a += list(np.linspace(lo, 10 * lo, 18, endpoint=False))
    return a + list(np.linspace(1e6, 1e7, 19))


class Linear:
    """LinearRegression with a cut-off for singular values that are rounding
    errors. Its own, epsilon, lets through the one that centring makes zero,
    and scores then change by up to 1e-3 with the BLAS kernel."""

    def fit(self, x, y):
        from scipy.linalg import lstsq
        self.x, self.y = x.mean(0), y.mean(0)
        self.coef = lstsq(x - self.x, y - self.y, cond=1e-12)[0]
        return self

    def predict(self, x):
        return (x - self.x) @ self.coef + self.y


def sklearn_score(metric, x_path, y_path):
    import warnings
    import numpy as np
    from sklearn.model_selection import ShuffleSplit
    warnings.simplefilter("ignore")
    x, y = np.load(x_path), np.load(y_path)
    medians, chosen = [], []
    for train, test in ShuffleSplit(10, train_size=0.9, random_state=1).split(x):
        if metric == "pls":
            from sklearn.cross_decomposition import PLSRegression
            model = PLSRegression(25, scale=False)
        else:
            from sklearn.linear_model import Ridge, RidgeCV
            model = {"ridge": lambda: Ridge(1.0), "ridgecv": lambda: RidgeCV(alphas()), "linear": Linear}[metric]()
        a = model.fit(x[train], y[train]).predict(x[test])
        b = y[test]
        a, b = a - a.mean(0), b - b.mean(0)
        r = (a * b).sum(0) / np.sqrt((a * a).sum(0) * (b * b).sum(0))
        medians.append(float(np.median(r)))
        chosen.append(float(getattr(model, "alpha_", 0)))
    print(json.dumps({"score": sum(medians) / len(medians), "splits": medians, "alphas": chosen}))


def timed(command):
    """Returns seconds, peak MiB, the parsed output and processor seconds of a command."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            sys.exit("failed: " + " ".join(command))
        out.seek(0)
        return seconds, usage.ru_maxrss / 1024, json.load(out), usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", default=list(SIZES))
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--metrics", default="pls")
    parser.add_argument("--dir", default=os.path.join(tempfile.gettempdir(), "neural-bench"))
    parser.add_argument("--sklearn", nargs=3, metavar=("METRIC", "X", "Y"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.sklearn:
        return sklearn_score(*args.sklearn)
    os.makedirs(args.dir, exist_ok=True)
    program = os.path.join(args.dir, "neural")
    subprocess.check_call(["go", "build", "-o", program, "."], cwd=HERE)
    print("size metric    go s  python s  ratio  of cpu  go MiB  python MiB  largest difference")
    for name in args.sizes:
        x, y = (os.path.join(args.dir, name + s) for s in ("_x.npy", "_y.npy"))
        if not os.path.exists(y):
            subprocess.check_call([sys.executable, "-c", "import sys; sys.path.insert(0, %r); import bench; bench.make(%r, %r)" % (HERE, args.dir, name)])
        for metric in args.metrics.split(","):
            ours, theirs = [], []
            for _ in range(args.pairs):
                ours.append(timed([program, "-metric", metric, "-x", x, "-y", y]))
                theirs.append(timed([sys.executable, os.path.abspath(__file__), "--sklearn", metric, x, y]))
            a, b = ours[0][2], theirs[0][2]
            gap = max(abs(u - v) for u, v in zip(a["splits"], b["splits"]))
            if gap > 1e-9 or metric == "ridgecv" and a["alphas"] != b["alphas"]:
                sys.exit("%s %s: scores disagree by %g, alphas %s and %s" % (name, metric, gap, a["alphas"], b["alphas"]))
            go, py, go_cpu, py_cpu = (statistics.median(t[k] for t in runs) for k in (0, 3) for runs in (ours, theirs))
            print("%-4s %-8s %6.3f  %8.3f  %5.1f  %6.1f  %6.0f  %10.0f  %.1e" % (
                name, metric, go, py, py / go, py_cpu / go_cpu, max(t[1] for t in ours), max(t[1] for t in theirs), gap), flush=True)


if __name__ == "__main__":
    main()
