# Clients on this machine, for check.sh.

# Clients that keep their connection, and clients that make one for each request. What fails is a line in $work/failures.
start_load() {
  local url client
  url=${URL:-http://$(kube get service "$name-lb" -o 'jsonpath={.spec.clusterIP}'):8080}
  for client in 1 2 3 4; do
    curl -sS --fail --max-time 10 --rate 20/s $( ((client % 2)) && echo --header Connection:close) -w '\n' "$url/id?[1-100000]" \
      >>"$work/ids.$client.$RANDOM" 2>>"$work/failures" &
    load+=($!)
  done
}
stop_load() {
  ((${#load[@]})) || return 0
  sleep 1
  kill "${load[@]}" 2>/dev/null
  wait "${load[@]}" 2>/dev/null
  load=()
  echo "$(cat "$work"/ids.* | wc -l) requests so far, $(wc -l <"$work/failures") failed"
  must "no request fails" test ! -s "$work/failures"
  [[ ! -s $work/failures ]] || { sort "$work/failures" | uniq -c | head -5; : >"$work/failures"; }
}
load=()
no_duplicates() {
  local all
  all=$(cat "$work"/ids.* 2>/dev/null | grep -o '[0-9]\{15,\}' | sort | uniq -d | wc -l)
  [[ $all == 0 ]]
}
