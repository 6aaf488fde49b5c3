# sh interrupted.sh <folder> <signal> <status> <trainer> <argument>...
#
# Starts a trainer with a folder of its own, interrupts it once it is at work, and expects that it exits with that status,
# after it has saved, and that it can be resumed.
set -eu
folder=$1 signal=$2 status=$3
shift 3
rm -rf "$folder"
mkdir -p "$folder"

fail() {
  cat "$folder/log"
  echo "$1"
  exit 1
}

if [ "$signal" = PIPE ]; then
  # The first line is the only one that is read. What the run does after the next one shows that it lives on.
  { got=0; "$@" --evaluate-every 1 --output "$folder/out" 2> "$folder/log" || got=$?; echo "$got" > "$folder/status"; } | head -n 1
  got=$(cat "$folder/status")
  [ -e "$folder/out/curve.png" ] || fail "The closed pipe ended the run at once."
else
  "$@" --output "$folder/out" > "$folder/log" 2>&1 &
  trainer=$!
  until [ -e "$folder/out/checkpoint.safetensors" ]; do
    kill -0 "$trainer" 2> /dev/null || fail "The trainer ended before it was interrupted."
    sleep 0.1
  done
  kill -s "$signal" "$trainer"
  got=0
  wait "$trainer" || got=$?
  grep -q "Interrupted at step" "$folder/log" || fail "The signal ended the run at once."
fi
[ "$got" = "$status" ] || fail "The exit status should be $status, but is $got."
"$@" --resume --minutes 1e-6 --output "$folder/out" > "$folder/log" 2>&1 || fail "The run cannot be resumed."
rm -rf "$folder"
