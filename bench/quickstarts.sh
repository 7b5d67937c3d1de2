#!/usr/bin/env bash
# Trains every quickstart, or those named, and prints the rows of docs/results.md as they come: kNN accuracy of raw pixels, of the untrained and of the
# trained network, first and last loss, seconds. A run that fails gets a row that says so; the others go on.
#
#   bench/quickstarts.sh                                        # all, on the tiles that ship
#   bench/quickstarts.sh --data DIR                             # all, on the images of DIR/train and DIR/val, a folder for each class
#   bench/quickstarts.sh --seed 1 simclr_photos mae_photos      # some, with another seed
#
# Whatever else the runs print is in work_dirs/quickstarts/<set>/<name>.txt. The exit status is that of the worst run.
set -uo pipefail
shipped=configs/quickstart/data
data=$shipped seed=0

while [[ ${1-} == --* ]]; do
  case $1 in
    --data) data=$(realpath -m -- "${2:?--data needs a folder}") ;;
    --seed) seed=${2:?--seed needs a number} ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
cd "$(dirname "$0")/.."
if [[ ! -d $data/train || ! -d $data/val ]]; then
  echo "$data has no folders train and val: name a folder that has both, each with a folder of images for each class" >&2
  exit 2
fi
names=("$@")
if [[ $# == 0 ]]; then
  names=($(cd configs/quickstart && ls -- *.yaml | sed 's/\.yaml$//'))
fi

set=$([[ $data == "$shipped" ]] && echo tiles || basename "$data")
runs=work_dirs/quickstarts/$set
mkdir -p "$runs"

images() { find "$1/train" -type f | wc -l; }

# A memory has a place for each image, so its length follows the data set.
config() {
  ./selfsup config print "configs/quickstart/$1.yaml" | sed "s#$shipped#${data//[\\#&]/\\&}#g; s/\<length: $(images $shipped)\>/length: $(images "$data")/"
}

losses() { sed -n 's/^{"mode":"train".*"loss":\([^,}]*\).*/\1/p' "$runs/$1/log.jsonl" | awk '{last = $1} NR == 1 {first = $1} END {if (NR) printf "%.3g to %.3g", first, last}'; }

row() { # NAME STATUS SECONDS
  local knn='^knn: raw \([0-9.]*\), untrained \([0-9.]*\), trained \([0-9.]*\)$'
  local figures=$(tail -n 1 "$runs/$1.txt" | sed -n "s/$knn/\1 | \2 | \3/p")
  if [[ $2 == 0 && -n $figures ]]; then
    printf '| %s | %s | %s | %s | %s | %s s |\n' "$1" "$set" "$seed" "$figures" "$(losses "$1")" "$3"
  else
    printf '| %s | %s | %s | failed: %s | | | | %s s |\n' "$1" "$set" "$seed" "$(grep -v '^ *$' "$runs/$1.txt" | tail -n 1 | tr '|' '/')" "$3"
  fi
}

worst=0
echo '| quickstart | images | seed | raw pixels | untrained | trained | loss, first to last line | time |'
echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
for name in "${names[@]}"; do
  began=$SECONDS
  config "$name" > "$runs/$name.yaml" 2> "$runs/$name.txt" \
    && ./selfsup train "$runs/$name.yaml" --work-dir "$runs/$name" --seed "$seed" > "$runs/$name.txt" 2>&1
  status=$?
  row "$name" "$status" "$((SECONDS - began))"
  ((status > worst)) && worst=$status
done
exit "$worst"
