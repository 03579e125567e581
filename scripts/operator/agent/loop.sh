# shellcheck shell=sh
# Sourced by an agent: takes one request at a time from SPOOL, runs the function of its name, writes the exit code.
# A request is one line of plain words, NUMBER VERB WORDS...; see app/operate/backup/agent.py.

# How often it looks for a request, and whether what it started is done [seconds].
: "${POLL:=1}" "${PULSE:=0.1}"
child=

answer() { # NUMBER CODE
    printf '%s\n' "$2" >"$SPOOL/answer.new"
    mv "$SPOOL/answer.new" "$SPOOL/answer-$1"
    rm -f "$SPOOL/running"
}

# Called by `trap`, which shellcheck does not follow.
# shellcheck disable=SC2329
leave() {
    [ -z "$child" ] || kill "$child" 2>/dev/null || true
    exit 143
}

work() { # NUMBER VERB WORDS...
    number=$1
    shift
    case " $VERBS " in
        *" $1 "*) ("$@") >"$SPOOL/said-$number" 2>&1 & ;;
        *) printf 'there is no verb %s\n' "$1" >"$SPOOL/said-$number"; answer "$number" 64; return ;;
    esac
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        touch "$SPOOL/alive"
        sleep "$PULSE"
    done
    code=0
    wait "$child" || code=$?
    child=
    answer "$number" "$code"
}

serve() {
    umask 027
    mkdir -p "$SPOOL"
    trap leave TERM INT
    # Whoever ran before us was killed in the middle of this.
    if [ -e "$SPOOL/running" ]; then
        read -r number rest <"$SPOOL/running" || true
        printf 'interrupted: %s\n' "$rest" >"$SPOOL/said-$number"
        answer "$number" 137
    fi
    while :; do
        touch "$SPOOL/alive"
        if mv "$SPOOL/request" "$SPOOL/running" 2>/dev/null; then
            read -r line <"$SPOOL/running"
            # Plain words, to be split.
            # shellcheck disable=SC2086
            work $line
        fi
        sleep "$POLL"
    done
}
