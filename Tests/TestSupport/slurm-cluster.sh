#!/bin/bash
# A Slurm cluster on this machine's loopback: a controller and two nodes of 4 cores, the first of which is a partition of
# its own too, with a munged of their own.
#
#   slurm-cluster.sh FOLDER CONTROLLER-PORT NODE-PORT NODE-PORT [SETTING=VALUE ...]
#
# Prints "ready" when both nodes are, and runs until its standard input ends; then it stops everything. Commands find
# the cluster by SLURM_CONF=FOLDER/slurm.conf; with FOLDER/bin in PATH, FOLDER/calls has a line for each of them.
set -eu
# A parent may have blocked signals, which daemons and jobs would inherit; a shell cannot change that.
if [ -z "${SLURM_CLUSTER-}" ]; then
  export SLURM_CLUSTER=1
  exec perl -MPOSIX -e 'sigprocmask(SIG_SETMASK, POSIX::SigSet->new()); exec @ARGV' "$0" "$@"
fi
folder=$1 controller=$2 ports=("$3" "$4")
shift 4
user=$(id -un)
mkdir -p "$folder"/{state,n1,n2,bin}
export PATH=$PATH:/usr/sbin SLURM_CONF=$folder/slurm.conf
{
  cat <<EOF
ClusterName=loopback
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$controller
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
MpiDefault=none
MailProg=/bin/true
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
MessageTimeout=5
SchedulerParameters=batch_sched_delay=0
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=10 DefMemPerCPU=100
PartitionName=single Nodes=n1 MaxTime=INFINITE DefaultTime=10 DefMemPerCPU=100
EOF
  for node in 1 2; do
    echo "NodeName=n$node NodeHostname=localhost NodeAddr=127.0.0.1 Port=${ports[node - 1]} CPUs=4 RealMemory=4000"
  done
  printf '%s\n' "$@"
} >"$SLURM_CONF"
for name in sbatch squeue scancel scontrol sinfo; do
  printf '#!/bin/sh\necho "$(date +%%s.%%N) %s $*" >>%q\nexec %q "$@"\n' \
    $name "$folder/calls" "$(command -v $name)" >"$folder/bin/$name"
  chmod +x "$folder/bin/$name"
done
: >"$folder/calls"

daemons=()
stop() {
  kill -CONT "${daemons[@]}" 2>/dev/null || true
  scancel --user="$user" 2>/dev/null || true
  for _ in {1..100}; do [ -z "$(squeue --noheader 2>/dev/null)" ] && break; sleep 0.1; done
  kill "${daemons[@]}" 2>/dev/null || true
  (sleep 5 && kill -KILL "${daemons[@]}") >/dev/null 2>&1 &
  local last=$!
  wait "${daemons[@]}" 2>/dev/null || true
  kill $last 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT

head -c 128 /dev/urandom >"$folder/munge.key"
chmod 600 "$folder/munge.key"
munged --force --foreground --socket="$folder/munge.socket" --key-file="$folder/munge.key" --num-threads=2 \
  --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munged.seed" \
  --group-update-time=-1 </dev/null >"$folder/munged.out" 2>&1 &
daemons+=($!)
for _ in {1..50}; do [ -S "$folder/munge.socket" ] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" </dev/null >"$folder/slurmctld.out" 2>&1 &
daemons+=($!)
for node in n1 n2; do
  slurmd -D -N $node -f "$SLURM_CONF" </dev/null >"$folder/$node.out" 2>&1 &
  daemons+=($!)
done
for _ in {1..100}; do
  [ "$(sinfo --noheader --format=%D --states=idle 2>/dev/null)" = 2 ] && echo ready && break
  sleep 0.1
done
cat >/dev/null
