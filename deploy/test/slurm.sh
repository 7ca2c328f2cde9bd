#!/usr/bin/env bash
# Runs deploy/slurm.sbatch for real: a SLURM of one node, on this machine's
# loopback interface alone, scores the demo archive as an array job. One shard
# is lost and submitted again. The merged results must be those of `bsgen score`,
# byte for byte.
#
# It needs Go and Debian's packages slurm-wlm and munge, which it installs where
# they are missing and it may. Everything else is in a temporary folder: no
# configuration of the machine is read or changed, and no service of it used.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin

if ! command -v slurmctld slurmd munged sbatch >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "skipped: needs slurmctld, slurmd and munged (apt-get install slurm-wlm munge)"
    exit 0
  fi
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -qy -o DPkg::Lock::Timeout=300 --no-install-recommends slurm-wlm munge
fi

work=$(mktemp -d)
pids=()
finish() {
  local code=$? i
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2>/dev/null || true
    wait "${pids[i]}" 2>/dev/null || true
  done
  if [ "$code" != 0 ]; then
    tail -n 30 "$work"/*.log "$work"/lab/*.log 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT

until_true() { # until_true SECONDS COMMAND...
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "timed out: $*"; return 1; }
    sleep 0.2
  done
}

# A SLURM of one node.
chmod 755 "$work"
mkdir -m 700 "$work/munge" "$work/ctld" "$work/slurmd"
mkdir -m 755 "$work/socket"
head -c 128 /dev/urandom >"$work/munge/key"
chmod 400 "$work/munge/key"
munged --foreground --key-file="$work/munge/key" --socket="$work/socket/munge" --pid-file="$work/munge/pid" \
  --log-file="$work/munge/log" --seed-file="$work/munge/seed" --num-threads=1 >"$work/munged.log" 2>&1 &
pids+=($!)
until_true 20 test -S "$work/socket/munge"

host=$(hostname -s)
cat >"$work/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
# Ports of our own, bound to the loopback address.
SlurmctldPort=26817
SlurmdPort=26818
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
AuthInfo=socket=$work/socket/munge
CredType=cred/munge
StateSaveLocation=$work/ctld
SlurmdSpoolDir=$work/slurmd
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
# Nothing that needs control groups, accounting or mail.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=10 State=UP
CONF
echo CgroupPlugin=cgroup/v1 >"$work/cgroup.conf"
export SLURM_CONF=$work/slurm.conf
slurmctld -D -i >"$work/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D -N "$host" >"$work/slurmd.log" 2>&1 &
pids+=($!)
idle() { sinfo -h -o %T | grep -qx idle; }
until_true 60 idle
# In /proc/net/tcp: state 0A is listening, 68C1 and 68C2 are the ports above.
listening() { awk '$4 == "0A" && $2 ~ /:68C[12]$/ {print $2}' /proc/net/tcp /proc/net/tcp6; }
if [ "$(listening | sort)" != $'0100007F:68C1\n0100007F:68C2' ]; then
  echo "SLURM does not listen on the loopback interface alone: $(listening)"
  exit 1
fi

# What the array has to reproduce.
(cd "$root" && go build -o "$work/bsgen" ./cmd/bsgen)
export BSGEN=$work/bsgen
"$BSGEN" demo --out "$work/lab" --no-serve >/dev/null 2>&1
mv "$work/lab/results" "$work/want"

cd "$work/lab"
"$BSGEN" plan --out plan.json
submit() { # submit ARRAY: waits until the array has ended
  sbatch --parsable --wait --array="$1" --export=ALL,BSGEN_SHARDS=4 --cpus-per-task=1 --mem=0 --time=5 \
    "$root/deploy/slurm.sbatch" plan.json shards
}
submit 0-3
rm -r shards/shard-1-of-4 shards/shard-3-of-4/results
if "$BSGEN" merge plan.json shards; then
  echo "merged although shards are lost"
  exit 1
fi
again=$("$BSGEN" status --emit-array plan.json shards)
[ "$again" = 1,3 ] || { echo "to be submitted again: $again, not 1,3"; exit 1; }
submit "$again"
"$BSGEN" status plan.json shards
"$BSGEN" merge plan.json shards
diff -r "$work/want" results
echo "the results of the array are those of bsgen score"
