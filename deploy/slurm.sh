#!/bin/bash
# A pile of documents on a Slurm cluster: an array job, each task one worker on the same folder.
#
#   sbatch --array=1-16 deploy/slurm.sh PILE OUT [options of quire read]
#
# PILE and OUT are on a file system that all nodes see. Each task takes its part of the documents by
# itself (SLURM_ARRAY_TASK_ID). A task that dies or runs out of time loses the pages it was just
# reading: submit the same line again, and it goes on. With --shard all in the options the tasks
# share out the pages among them instead, and take over those of tasks that die.
#SBATCH --job-name=quire
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --time=08:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@120
set -eu
pile=$1 out=$2
shift 2
# Two minutes before its time is over the task ends the pages it has begun, and no more are begun.
${QUIRE:-quire} read "$pile" -o "$out" --threads "${SLURM_CPUS_PER_TASK:-0}" "$@" &
worker=$!
trap 'kill -TERM $worker' TERM
status=0
wait $worker || status=$?
# A trap ends the wait before the worker has ended.
if kill -0 $worker 2>/dev/null; then wait $worker || status=$?; fi
exit $status
