# How often do 95 % intervals of r hold the truth? The table in the comment of
# package relate: percentile, BCa, and t times the standard error of atanh r (zt;
# zq takes it from quantiles). Each line: models, true r, families (None: every
# model its own; else the first has half of the models), heavy tails, and for
# each interval the share that holds r and the mean width.
#   /usr/bin/python3 coverage.py
import numpy as np
from scipy import stats
rng=np.random.default_rng(1)
def corr(x,y,W):
    sw=W.sum(1); sx=W@x; sy=W@y; sxx=W@(x*x); syy=W@(y*y); sxy=W@(x*y)
    with np.errstate(all='ignore'):
        vx=sxx-sx*sx/sw; vy=syy-sy*sy/sw
        r=(sxy-sx*sy/sw)/np.sqrt(vx*vy)
    r[(vx<1e-9*sxx)|(vy<1e-9*syy)]=np.nan
    return np.clip(r,-1,1)
def run(n,rho,G=None,icc=.6,reps=400,B=500,heavy=False):
    hit={k:0 for k in('pct','bca','zt','zq')}; wid={k:0 for k in hit}
    for _ in range(reps):
        if G is None:
            fam=np.arange(n); 
        else:
            sizes=None
            fam=np.concatenate([np.arange(G), rng.choice(G,n-G,p=np.r_[.5,np.full(G-1,.5/(G-1))])])
        g=fam.max()+1
        L=np.linalg.cholesky([[1,rho],[rho,1]])
        if G is None: z=rng.standard_normal((n,2))
        else: z=np.sqrt(icc)*rng.standard_normal((g,2))[fam]+np.sqrt(1-icc)*rng.standard_normal((n,2))
        if heavy: z=z*np.sqrt(4/rng.chisquare(4,size=(n,1)))
        z=z@L.T; x,y=z[:,0],z[:,1]
        x=x-x.mean();y=y-y.mean()
        C=rng.multinomial(g,np.full(g,1/g),size=B).astype(float)
        W=C[:,fam]
        r0=corr(x,y,np.ones((1,n)))[0]
        r=corr(x,y,W); r=r[np.isfinite(r)]
        lo,hi=np.quantile(r,[.025,.975])
        hit['pct']+=lo<=rho<=hi; wid['pct']+=hi-lo
        J=corr(x,y,np.array([(fam!=k).astype(float) for k in range(g)])); J=J[np.isfinite(J)]
        d=J.mean()-J; a=(d**3).sum()/(6*((d**2).sum())**1.5)
        z0=stats.norm.ppf(np.clip(((r<r0).sum()+.5*(r==r0).sum())/len(r),1/len(r)/2,1-1/len(r)/2))
        al=[stats.norm.cdf(z0+(z0+q)/(1-a*(z0+q))) for q in(-1.96,1.96)]
        lo,hi=np.quantile(r,al)
        hit['bca']+=lo<=rho<=hi; wid['bca']+=hi-lo
        t=stats.t.ppf(.975,g-1)
        zr=np.arctanh(np.clip(r,-.999999,.999999))
        for k,se in(('zt',zr.std(ddof=1)),('zq',np.diff(np.quantile(zr,[.1587,.8413]))[0]/2)):
            lo,hi=np.tanh(np.arctanh(r0)-t*se),np.tanh(np.arctanh(r0)+t*se)
            hit[k]+=lo<=rho<=hi; wid[k]+=hi-lo
    print(n,rho,G,heavy,{k:(round(hit[k]/reps,3),round(wid[k]/reps,2)) for k in hit},flush=True)
for n in(10,20,69):
    for rho in(0,.5,.9): run(n,rho)
run(40,.5,heavy=True); run(40,.9,heavy=True)
for G in(6,12,25):
    for rho in(0,.5,.9): run(69,rho,G)
