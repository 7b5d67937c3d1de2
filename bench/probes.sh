#!/usr/bin/env bash
# Judges quickstarts that bench/quickstarts.sh has trained on the tiles by other images, and prints the rows of docs/results.md as they come: accuracy of kNN (k=20) and of a linear
# probe on the features of the untrained and of the trained network.
#
#   bench/probes.sh DIR                           # all, on the images of DIR/train and DIR/val, a folder for each class
#   bench/probes.sh DIR simclr_photos mae_photos  # some
#
# A quickstart that cannot be judged gets a row that says so; the others go on. The exit status is that of the worst.
set -uo pipefail
shipped=configs/quickstart/data
data=$(realpath -m -- "${1:?name a folder of images}")
shift
cd "$(dirname "$0")/.."
runs=work_dirs/quickstarts/tiles
names=("$@")
if [[ $# == 0 ]]; then
  names=($(cd "$runs" && ls -d -- */ | tr -d /))
fi

last() { ls "$runs/$1"/epoch_*.json | sort -V | tail -n 1; }

figure() { # COMMAND PATTERN NAME CKPT|--untrained
  ./selfsup "$1" "$runs/$3-probe.yaml" "$4" 2>&1 | tee -a "$runs/$3-probe.txt" | sed -n "s/^$2.*/\1/p"
}

worst=0
echo '| quickstart | kNN, untrained | trained | linear probe, untrained | trained |'
echo '| --- | --- | --- | --- | --- |'
for name in "${names[@]}"; do
  if ./selfsup config print "configs/quickstart/$name.yaml" > "$runs/$name-probe.yaml" 2> "$runs/$name-probe.txt" && grep -q 'type: KnnHook' "$runs/$name-probe.yaml"; then
    sed -i "s#$shipped#${data//[\\#&]/\\&}#g" "$runs/$name-probe.yaml"
    row="| $name"
    for what in 'knn knn: \([0-9.]*\)' 'svm linear probe: [a-z0-9]* accuracy \([0-9.]*\)'; do
      for network in --untrained "$(last "$name")"; do
        value=$(figure "${what%% *}" "${what#* }" "$name" "$network")
        [[ -n $value ]] || worst=1
        row+=" | ${value:-failed}"
      done
    done
    echo "$row |"
  fi
done
exit "$worst"
