// Ranks of models at a node, among all of them or among those that are shown.
//
// A ranking has ids, best first, with their ranks; best and worst where
// differences were tested; and better(i, j) where it is known which are
// significant. These were tested all at once, so that with 95 % confidence not one
// is a false alarm; that holds for any part of them, and the intervals among the
// shown are counted from the same verdicts.

// decode makes a ranking of a ranks file.
export function decode(file) {
  const out = { ranked: file.ranked, rank: file.rank, best: file.best, worst: file.worst, partial: file.partial || [], reference: file.reference || [], unscored: file.unscored || [] };
  if (file.better) {
    const n = file.ranked.length, bits = file.better.map((runs, i) => {
      const row = new Uint8Array(n);
      let at = i + 1;
      runs.forEach((length, k) => {
        if (k % 2) row.fill(1, at, at + length);
        at += length;
      });
      if (runs.length % 2) row.fill(1, at, n);
      return row;
    });
    out.better = (i, j) => bits[i][j] === 1;
  }
  return out;
}

// strict makes a ranking by the rule of brain-score.org; null where it is the same.
export function strict(file) {
  const s = file.strict;
  return s ? { ranked: s.ranked, rank: s.rank, partial: [], reference: s.reference || [], unscored: file.unscored || [], value: new Map([...s.ranked.map((id, i) => [id, s.value[i]]), ...(s.reference || []).map((id, i) => [id, s.referenceValue[i]])]) } : null;
}

// among returns {rank, best, worst} by id for the ranked models that are shown;
// best and worst are left out where they are not known.
export function among(ranking, shown) {
  const out = new Map(), at = [];
  ranking.ranked.forEach((id, i) => { if (shown.has(id)) at.push(i); });
  const every = at.length === ranking.ranked.length;
  at.forEach((i, k) => {
    const before = k > 0 && ranking.rank[at[k - 1]] === ranking.rank[i] ? out.get(ranking.ranked[at[k - 1]]) : null;
    const place = { rank: before ? before.rank : k + 1 };
    if (every && ranking.best) {
      place.best = ranking.best[i];
      place.worst = ranking.worst[i];
    } else if (ranking.better) {
      place.best = 1;
      place.worst = at.length;
      for (const j of at) {
        if (ranking.better(j, i)) place.best++;
        else if (ranking.better(i, j)) place.worst--;
      }
    }
    out.set(ranking.ranked[i], place);
  });
  return out;
}

// bands returns the ids that begin a band among the shown, the first left out: a
// band ends where a model is significantly worse than the band's first.
export function bands(ranking, shown) {
  const out = new Set();
  if (!ranking.better) return out;
  let first = -1;
  ranking.ranked.forEach((id, i) => {
    if (!shown.has(id)) return;
    if (first >= 0 && ranking.better(first, i)) out.add(id);
    if (first < 0 || out.has(id)) first = i;
  });
  return out;
}
